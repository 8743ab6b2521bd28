// What an engine fills in behind peers.h, and what engines share.
//
// Included before anything of the system, since it chooses what the system's headers declare.
#ifndef SESSION_PEER_ENGINE_H
#define SESSION_PEER_ENGINE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "peers.h"

typedef struct peer_engine peer_engine;

// The calls of peers.h, without those that are the same for every engine. `process` may be missing:
// then the data is in this process.
typedef struct {
    peer *(*open)(const void *variant, const char *directory, int durability);
    int (*close)(peer *peer);
    int (*process)(const peer *peer);
    peer_user *(*attach)(peer *peer);
    void (*detach)(peer_user *user);
    int (*put)(peer_user *user, const void *key, size_t key_count, const void *value,
               size_t value_count, uint64_t deadline);
    int (*put_all)(peer_user *user, size_t count, const void *const *keys,
                   const size_t *key_counts, const void *const *values,
                   const size_t *value_counts);
    long (*get)(peer_user *user, const void *key, size_t key_count, void *buffer, size_t capacity);
    int (*remove)(peer_user *user, const void *key, size_t key_count);
    long (*expire)(peer_user *user, uint64_t now);
    long (*count)(peer_user *user);
    int (*sync)(peer *peer);
    int (*compact)(peer *peer);
} peer_calls;

struct peer_engine {
    const char *name;
    const char *settings;
    // What a write waits for, in words: by durability.
    const char *waits[2];
    const peer_calls *calls;
    // What sets this engine apart from others with the same calls; handed to `open`.
    const void *variant;
};

// An engine's own structures begin with these two; peers.c fills them in.
struct peer {
    const peer_calls *calls;
    char *settings;
};

struct peer_user {
    const peer_calls *calls;
    peer *peer;
};

extern const peer_engine engine_rocksdb, engine_rocksdb_lz4, engine_rocksdb_zstd,
    engine_rocksdb_zstd_small;
extern const peer_engine engine_leveldb, engine_leveldb_snappy;
extern const peer_engine engine_lmdb;
extern const peer_engine engine_sqlite, engine_sqlite_expiry;
extern const peer_engine engine_redis_unix, engine_redis_tcp;
extern const peer_engine engine_files, engine_files_overwrite;

// Says what failed, for peer_error(), and returns PEER_FAILED.
int peer_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Same for a system call that has just failed, with what errno says.
int peer_fail_errno(const char *what, const char *path);

// Writes all of it, however often the system writes less.
int peer_write_all(int file, const void *bytes, size_t count, uint64_t offset);

// Copies a value into what the caller has for it: the result of peer_get.
long peer_deliver(const void *value, size_t count, void *buffer, size_t capacity);

// ---- Values with a deadline in front --------------------------------------------------------
//
// For engines that know only keys and values: each value follows the 8 bytes of its deadline.

enum { PEER_PREFIX = sizeof(uint64_t) };

typedef struct {
    char *bytes;
    size_t capacity;
} peer_buffer;

void peer_prefix(void *stored, uint64_t deadline, const void *value, size_t count);

// The same in a buffer that grows and is used again; NULL when there is no memory.
const char *peer_prefixed(peer_buffer *buffer, uint64_t deadline, const void *value, size_t count);

// Whether what is stored has a deadline, and one before `now`.
int peer_is_expired(const void *stored, size_t count, uint64_t now);

// The value behind the prefix, as from peer_deliver.
long peer_deliver_prefixed(const void *stored, size_t count, void *buffer, size_t capacity);

#endif
