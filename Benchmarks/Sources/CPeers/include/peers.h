// One interface to the engines that sessions could be kept in instead.
//
// Every call returns 0 or a count when it succeeds and a negative number when it fails; what failed
// is then in peer_error(), for the thread that called.
#ifndef SESSION_PEERS_H
#define SESSION_PEERS_H

#include <stddef.h>
#include <stdint.h>

typedef struct peer peer;
// What one thread needs to use a peer: a connection, a transaction, prepared statements, a buffer.
typedef struct peer_user peer_user;

#define PEER_ABSENT (-1)
#define PEER_FAILED (-2)

// Writes are acknowledged by the operating system (0) or by the disk (1).
enum { PEER_BUFFERED = 0, PEER_DURABLE = 1 };

// The names that peer_open takes, separated by newlines, each with its settings behind a tab: what
// an expert would set for this workload, in words.
const char *peer_names(void);

// Opens, and makes when it is missing, the store of the engine `name` in `directory`.
//
// `durability` is for writes from then on; opening the same directory again with another is fine.
// For a server, `directory` is where it keeps its files; it is started, and stopped by peer_close.
peer *peer_open(const char *name, const char *directory, int durability);

// Closes it in order; everything acknowledged is on disk afterwards.
int peer_close(peer *peer);

// The settings in force, in words; lives as long as the peer.
const char *peer_settings(const peer *peer);

// The process that holds the data in memory: this one (0), or a server's number.
int peer_process(const peer *peer);

peer_user *peer_attach(peer *peer);
void peer_detach(peer_user *user);

// Replaces the value of a key. `deadline` is in milliseconds since 1970, 0 for none: kept where the
// engine has a place for it (a column, a prefix, a time to live).
int peer_put(peer_user *user, const void *key, size_t key_count, const void *value,
             size_t value_count, uint64_t deadline);

// Same for several, in one transaction or batch of the engine.
int peer_put_all(peer_user *user, size_t count, const void *const *keys, const size_t *key_counts,
                 const void *const *values, const size_t *value_counts);

// Copies the value of a key into `buffer` and returns how many bytes it has; PEER_ABSENT when there
// is none, PEER_FAILED also when it does not fit.
long peer_get(peer_user *user, const void *key, size_t key_count, void *buffer, size_t capacity);

int peer_remove(peer_user *user, const void *key, size_t key_count);

// Removes what has a deadline before `now`, the way this engine does it best; returns how many.
long peer_expire(peer_user *user, uint64_t now);

// How many keys there are, counted one by one.
long peer_count(peer_user *user);

// Makes everything written so far durable.
int peer_sync(peer *peer);

// Gives back what space it can, and returns when that is done. LMDB can only while nobody is
// attached, and does nothing otherwise.
int peer_compact(peer *peer);

// What failed last on this thread.
const char *peer_error(void);

// ---- Limits of the machine ------------------------------------------------------------------

// A file that is appended to and synced, with nothing else: what no engine can be faster than.
typedef struct raw_log raw_log;

// `ahead` bytes of zeros are written and synced first, and again when they are used up; with none,
// the file grows with each write.
raw_log *raw_log_open(const char *path, uint64_t ahead);
// Appends, and syncs with fdatasync when `syncs`.
int raw_log_append(raw_log *log, const void *bytes, size_t count, int syncs);
// Syncs with fdatasync; another thread may append meanwhile.
int raw_log_sync(const raw_log *log);
// Appends to the beginning from now on, over what is there.
void raw_log_rewind(raw_log *log);
void raw_log_close(raw_log *log);

// Reads `count` bytes at `offset`.
long raw_read(int file, void *buffer, size_t count, uint64_t offset);

// Values that are compressed one by one, with a dictionary that is trained on samples: those stand
// one after the other. For one thread at a time.
typedef struct raw_zstd raw_zstd;

raw_zstd *raw_zstd_open(int level, size_t dictionary_max, const void *samples,
                        const size_t *counts, unsigned count);
// Both return how many bytes they have made.
long raw_zstd_compress(raw_zstd *zstd, const void *value, size_t count, void *frame,
                       size_t capacity);
long raw_zstd_decompress(raw_zstd *zstd, const void *frame, size_t count, void *value,
                         size_t capacity);
void raw_zstd_close(raw_zstd *zstd);

// Nanoseconds of the monotonic clock.
uint64_t bench_now(void);

#endif
