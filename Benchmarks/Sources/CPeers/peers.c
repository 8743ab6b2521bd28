#include "peer_engine.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const peer_engine *const engines[] = {
    &engine_rocksdb,     &engine_rocksdb_lz4,     &engine_rocksdb_zstd, &engine_rocksdb_zstd_small,
    &engine_leveldb,     &engine_leveldb_snappy,  &engine_lmdb,         &engine_sqlite,
    &engine_sqlite_expiry, &engine_redis_unix,    &engine_redis_tcp,    &engine_files,
    &engine_files_overwrite,
};
enum { ENGINE_COUNT = sizeof engines / sizeof *engines };

// ---- Errors ---------------------------------------------------------------------------------

static _Thread_local char last_error[512];

const char *peer_error(void) {
    return last_error;
}

int peer_fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(last_error, sizeof last_error, format, arguments);
    va_end(arguments);
    return PEER_FAILED;
}

int peer_fail_errno(const char *what, const char *path) {
    return peer_fail("%s %s: %s", what, path, strerror(errno));
}

// ---- Names and settings ---------------------------------------------------------------------

static char *names;

static void write_names(void) {
    size_t size;
    FILE *stream = open_memstream(&names, &size);
    if (!stream) return;
    for (size_t i = 0; i < ENGINE_COUNT; i++) {
        fprintf(stream, "%s%s\t%s", i ? "\n" : "", engines[i]->name, engines[i]->settings);
    }
    fclose(stream);
}

const char *peer_names(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, write_names);
    return names ? names : "";
}

static const peer_engine *find(const char *name) {
    for (size_t i = 0; i < ENGINE_COUNT; i++) {
        if (strcmp(engines[i]->name, name) == 0) return engines[i];
    }
    return NULL;
}

const char *peer_settings(const peer *peer) {
    return peer->settings;
}

// ---- Calls of one engine or another ---------------------------------------------------------

peer *peer_open(const char *name, const char *directory, int durability) {
    const peer_engine *engine = find(name);
    if (!engine) {
        peer_fail("no engine is called %s", name);
        return NULL;
    }
    if (mkdir(directory, 0777) != 0 && errno != EEXIST) {
        peer_fail_errno("cannot make", directory);
        return NULL;
    }
    peer *opened = engine->calls->open(engine->variant, directory, durability);
    if (!opened) return NULL;
    opened->calls = engine->calls;
    if (asprintf(&opened->settings, "%s; %s", engine->settings, engine->waits[durability]) < 0) {
        opened->settings = NULL;
        peer_close(opened);
        peer_fail("no memory");
        return NULL;
    }
    return opened;
}

int peer_close(peer *peer) {
    free(peer->settings);
    return peer->calls->close(peer);
}

int peer_process(const peer *peer) {
    return peer->calls->process ? peer->calls->process(peer) : 0;
}

peer_user *peer_attach(peer *peer) {
    peer_user *user = peer->calls->attach(peer);
    if (!user) return NULL;
    user->calls = peer->calls;
    user->peer = peer;
    return user;
}

void peer_detach(peer_user *user) {
    user->calls->detach(user);
}

int peer_put(peer_user *user, const void *key, size_t key_count, const void *value,
             size_t value_count, uint64_t deadline) {
    return user->calls->put(user, key, key_count, value, value_count, deadline);
}

int peer_put_all(peer_user *user, size_t count, const void *const *keys, const size_t *key_counts,
                 const void *const *values, const size_t *value_counts) {
    return user->calls->put_all(user, count, keys, key_counts, values, value_counts);
}

long peer_get(peer_user *user, const void *key, size_t key_count, void *buffer, size_t capacity) {
    return user->calls->get(user, key, key_count, buffer, capacity);
}

int peer_remove(peer_user *user, const void *key, size_t key_count) {
    return user->calls->remove(user, key, key_count);
}

long peer_expire(peer_user *user, uint64_t now) {
    return user->calls->expire(user, now);
}

long peer_count(peer_user *user) {
    return user->calls->count(user);
}

int peer_sync(peer *peer) {
    return peer->calls->sync(peer);
}

int peer_compact(peer *peer) {
    return peer->calls->compact(peer);
}

// ---- What engines share ---------------------------------------------------------------------

int peer_write_all(int file, const void *bytes, size_t count, uint64_t offset) {
    const char *next = bytes;
    while (count > 0) {
        ssize_t written = pwrite(file, next, count, (off_t)offset);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return peer_fail("cannot write: %s", strerror(errno));
        next += written;
        offset += (uint64_t)written;
        count -= (size_t)written;
    }
    return 0;
}

long peer_deliver(const void *value, size_t count, void *buffer, size_t capacity) {
    if (count > capacity) {
        return peer_fail("a value of %zu bytes does not fit into %zu", count, capacity);
    }
    if (count > 0) memcpy(buffer, value, count);
    return (long)count;
}

void peer_prefix(void *stored, uint64_t deadline, const void *value, size_t count) {
    memcpy(stored, &deadline, PEER_PREFIX);
    if (count > 0) memcpy((char *)stored + PEER_PREFIX, value, count);
}

const char *peer_prefixed(peer_buffer *buffer, uint64_t deadline, const void *value, size_t count) {
    size_t needed = count + PEER_PREFIX;
    if (buffer->capacity < needed) {
        char *larger = realloc(buffer->bytes, 2 * needed);
        if (!larger) {
            peer_fail("no memory");
            return NULL;
        }
        *buffer = (peer_buffer){larger, 2 * needed};
    }
    peer_prefix(buffer->bytes, deadline, value, count);
    return buffer->bytes;
}

int peer_is_expired(const void *stored, size_t count, uint64_t now) {
    uint64_t deadline;
    if (count < PEER_PREFIX) return 0;
    memcpy(&deadline, stored, PEER_PREFIX);
    return deadline != 0 && deadline < now;
}

long peer_deliver_prefixed(const void *stored, size_t count, void *buffer, size_t capacity) {
    if (count < PEER_PREFIX) return peer_fail("a stored value has only %zu bytes", count);
    return peer_deliver((const char *)stored + PEER_PREFIX, count - PEER_PREFIX, buffer, capacity);
}
