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
static bool has_product;
static bool is_prepared;

// The longest stretch that is taken as three, and the number of steps of eight bytes in a third.
#define STEPS_MAX 170
#define STRETCH_MAX (STEPS_MAX * 24)

// What a checksum is multiplied by for `n` steps of zeros behind it: x to the 64 n - 33, reflected.
static uint32_t factor[2 * STEPS_MAX + 1];

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

typedef long long words_of_two __attribute__((vector_size(16)));

// With fewer bytes, putting the thirds together takes what they save.
#define INTERLEAVED_MIN 144

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
    if (count & 4) {
        uint32_t half;
        memcpy(&half, bytes, 4);
        state = __builtin_ia32_crc32si(state, half);
        bytes += 4;
    }
    if (count & 2) {
        uint16_t quarter;
        memcpy(&quarter, bytes, 2);
        state = __builtin_ia32_crc32hi(state, quarter);
        bytes += 2;
    }
    if (count & 1) state = __builtin_ia32_crc32qi(state, *bytes);
    return state;
}

// The instruction takes three cycles, and another can begin in each: three thirds of the bytes at
// once, of which the first two then get the zeros behind them that stand for what follows. 33 ns
// for 660 bytes, where one after the other takes 72.
__attribute__((target("sse4.2,pclmul"))) static uint32_t interleaved(uint32_t state,
                                                                     const uint8_t *bytes,
                                                                     size_t count) {
    while (count >= INTERLEAVED_MIN) {
        size_t steps = count / 24 < STEPS_MAX ? count / 24 : STEPS_MAX;
        size_t third = steps * 8;
        uint64_t first = state, second = 0, last = 0;
        const uint8_t *end = bytes + third;
        for (; bytes < end; bytes += 8) {
            uint64_t words[3];
            memcpy(&words[0], bytes, 8);
            memcpy(&words[1], bytes + third, 8);
            memcpy(&words[2], bytes + 2 * third, 8);
            first = __builtin_ia32_crc32di(first, words[0]);
            second = __builtin_ia32_crc32di(second, words[1]);
            last = __builtin_ia32_crc32di(last, words[2]);
        }
        words_of_two factors = {factor[2 * steps], factor[steps]};
        words_of_two states = {(long long)first, (long long)second};
        words_of_two product = __builtin_ia32_pclmulqdq128(states, factors, 0x00) ^
                               __builtin_ia32_pclmulqdq128(states, factors, 0x11);
        // The instruction divides what came of the products, and multiplies by the 33 that the
        // factors lack.
        state = (uint32_t)(__builtin_ia32_crc32di(0, (uint64_t)product[0]) ^ last);
        bytes += 2 * third;
        count -= 3 * third;
    }
    return instruction(state, bytes, count);
}

static bool detect(void) {
    __builtin_cpu_init();
    has_product = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
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
    // x to the 31 and so on.
    static const uint8_t zeros[8];
    factor[1] = 1;
    for (int n = 2; n <= 2 * STEPS_MAX; n++) factor[n] = portable(factor[n - 1], zeros, 8);
    has_instruction = detect();
    __atomic_store_n(&is_prepared, true, __ATOMIC_RELEASE);
}

// A call of `pthread_once` less where it has long been done.
static inline void ensure(void) {
    if (!__atomic_load_n(&is_prepared, __ATOMIC_ACQUIRE)) pthread_once(&once, prepare);
}

uint32_t session_crc32c(uint32_t crc, const void *bytes, size_t count) {
    ensure();
#if defined(__x86_64__)
    if (has_product && count >= INTERLEAVED_MIN) return ~interleaved(~crc, bytes, count);
#endif
    return ~(has_instruction ? instruction(~crc, bytes, count) : portable(~crc, bytes, count));
}

uint32_t session_crc32c_portable(uint32_t crc, const void *bytes, size_t count) {
    ensure();
    return ~portable(~crc, bytes, count);
}

bool session_crc32c_is_hardware(void) {
    ensure();
    return has_instruction;
}
