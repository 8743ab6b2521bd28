#ifndef SESSION_CHECKSUM_H
#define SESSION_CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// CRC-32C (Castagnoli, reflected, initial and final inversion) of `count` bytes, continuing from
// `crc`, the checksum of whatever came before (0 for nothing). Uses the processor's instruction
// where there is one, chosen at run time, else a table.
uint32_t session_crc32c(uint32_t crc, const void *bytes, size_t count);

// The table form, whatever the processor can do; tests compare the two.
uint32_t session_crc32c_portable(uint32_t crc, const void *bytes, size_t count);

// Whether `session_crc32c` uses the processor's instruction on this machine.
bool session_crc32c_is_hardware(void);

#endif
