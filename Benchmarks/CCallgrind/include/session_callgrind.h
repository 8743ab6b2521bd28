#ifndef SESSION_CALLGRIND_H
#define SESSION_CALLGRIND_H

#include <stdbool.h>
#include <valgrind/callgrind.h>

// The requests of valgrind are macros, which Swift does not see. Outside of valgrind they do
// nothing.

// Counts from here on, in all threads.
static inline void session_start_counting(void) { CALLGRIND_START_INSTRUMENTATION; }

// Counts no more.
static inline void session_stop_counting(void) { CALLGRIND_STOP_INSTRUMENTATION; }

#endif
