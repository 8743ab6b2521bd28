#include "session_checksum.h"

#include <pthread.h>
#include <string.h>

// Little-endian loads: the tables and the instructions both take the lowest byte first.
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the log format is written for little-endian machines"
#endif

static uint32_t table[8][256];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool has_instruction;

static uint32_t portable(uint32_t state, const uint8_t *bytes, size_t count) {
    // Slicing by eight: eight table look-ups for each eight bytes.
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        word ^= state;
        state = table[7][word & 255] ^ table[6][(word >> 8) & 255] ^ table[5][(word >> 16) & 255] ^
                table[4][(word >> 24) & 255] ^ table[3][(word >> 32) & 255] ^
                table[2][(word >> 40) & 255] ^ table[1][(word >> 48) & 255] ^ table[0][word >> 56];
        bytes += 8;
        count -= 8;
    }
    while (count--) state = table[0][(state ^ *bytes++) & 255] ^ (state >> 8);
    return state;
}

#if defined(__x86_64__)

__attribute__((target("sse4.2"))) static uint32_t instruction(uint32_t state, const uint8_t *bytes,
                                                              size_t count) {
    uint64_t wide = state;
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        wide = __builtin_ia32_crc32di(wide, word);
        bytes += 8;
        count -= 8;
    }
    state = (uint32_t)wide;
    while (count--) state = __builtin_ia32_crc32qi(state, *bytes++);
    return state;
}

static bool detect(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("sse4.2");
}

#elif defined(__aarch64__)

#include <sys/auxv.h>

__attribute__((target("+crc"))) static uint32_t instruction(uint32_t state, const uint8_t *bytes,
                                                            size_t count) {
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        __asm__("crc32cx %w0, %w0, %x1" : "+r"(state) : "r"(word));
        bytes += 8;
        count -= 8;
    }
    while (count--) __asm__("crc32cb %w0, %w0, %w1" : "+r"(state) : "r"((uint32_t)*bytes++));
    return state;
}

static bool detect(void) { return (getauxval(AT_HWCAP) & (1UL << 7)) != 0; }  // HWCAP_CRC32

#else

static uint32_t instruction(uint32_t state, const uint8_t *bytes, size_t count) {
    return portable(state, bytes, count);
}

static bool detect(void) { return false; }

#endif

static void prepare(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; bit++) value = value & 1 ? 0x82F63B78u ^ (value >> 1) : value >> 1;
        table[0][i] = value;
    }
    for (uint32_t i = 0; i < 256; i++)
        for (int k = 1; k < 8; k++)
            table[k][i] = table[0][table[k - 1][i] & 255] ^ (table[k - 1][i] >> 8);
    has_instruction = detect();
}

uint32_t session_crc32c(uint32_t crc, const void *bytes, size_t count) {
    pthread_once(&once, prepare);
    return ~(has_instruction ? instruction(~crc, bytes, count) : portable(~crc, bytes, count));
}

uint32_t session_crc32c_portable(uint32_t crc, const void *bytes, size_t count) {
    pthread_once(&once, prepare);
    return ~portable(~crc, bytes, count);
}

bool session_crc32c_is_hardware(void) {
    pthread_once(&once, prepare);
    return has_instruction;
}
