#ifndef SESSION_CHECKSUM_H
#define SESSION_CHECKSUM_H
#include <stddef.h>
#include <stdint.h>
#endif
