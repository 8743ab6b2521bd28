#include "peer_engine.h"

#include <leveldb/c.h>
#include <stdlib.h>

typedef struct {
    int compression;
} leveldb_variant;

typedef struct {
    peer base;
    leveldb_t *db;
    leveldb_options_t *options;
    leveldb_cache_t *cache;
    leveldb_filterpolicy_t *filter;
    leveldb_writeoptions_t *writes;
    leveldb_readoptions_t *gets;
    leveldb_readoptions_t *scans;
} leveldb_peer;

typedef struct {
    peer_user base;
    // Used again for every write, which saves the allocations of leveldb_put.
    leveldb_writebatch_t *batch;
    peer_buffer value;
} leveldb_user;

static int check(char *error) {
    if (!error) return 0;
    peer_fail("LevelDB: %s", error);
    leveldb_free(error);
    return PEER_FAILED;
}

// ---- Opening and closing --------------------------------------------------------------------

static void set_options(leveldb_peer *self, const leveldb_variant *variant) {
    self->cache = leveldb_cache_create_lru((size_t)2 << 30);
    self->filter = leveldb_filterpolicy_create_bloom(10);
    self->options = leveldb_options_create();
    leveldb_options_set_create_if_missing(self->options, 1);
    leveldb_options_set_cache(self->options, self->cache);
    leveldb_options_set_filter_policy(self->options, self->filter);
    leveldb_options_set_write_buffer_size(self->options, 64 << 20);
    leveldb_options_set_compression(self->options, variant->compression);
    // For ten million sessions, whose files of 2 MiB are more than the default of 1000.
    leveldb_options_set_max_open_files(self->options, 10000);
}

static void release(leveldb_peer *self) {
    if (self->db) leveldb_close(self->db);
    leveldb_readoptions_destroy(self->gets);
    leveldb_readoptions_destroy(self->scans);
    leveldb_writeoptions_destroy(self->writes);
    leveldb_options_destroy(self->options);
    leveldb_filterpolicy_destroy(self->filter);
    leveldb_cache_destroy(self->cache);
    free(self);
}

static peer *open_leveldb(const void *variant, const char *directory, int durability) {
    leveldb_peer *self = calloc(1, sizeof *self);
    if (!self) {
        peer_fail("no memory");
        return NULL;
    }
    set_options(self, variant);
    self->writes = leveldb_writeoptions_create();
    leveldb_writeoptions_set_sync(self->writes, durability == PEER_DURABLE);
    self->gets = leveldb_readoptions_create();
    self->scans = leveldb_readoptions_create();
    leveldb_readoptions_set_fill_cache(self->scans, 0);
    char *error = NULL;
    self->db = leveldb_open(self->options, directory, &error);
    if (check(error) != 0) {
        release(self);
        return NULL;
    }
    return &self->base;
}

// Turns the write buffer into a file, which is synced. Nothing less makes everything durable, since
// a log that was not synced before its write buffer was full is not synced afterwards either.
static int sync_all(peer *peer) {
    leveldb_peer *self = (leveldb_peer *)peer;
    // Compaction of a range begins with that, and in a range without keys ends there.
    leveldb_compact_range(self->db, "", 0, "", 0);
    // Compaction returns no errors; writes after it do.
    leveldb_writeoptions_t *options = leveldb_writeoptions_create();
    leveldb_writeoptions_set_sync(options, 1);
    leveldb_writebatch_t *nothing = leveldb_writebatch_create();
    char *error = NULL;
    leveldb_write(self->db, options, nothing, &error);
    leveldb_writebatch_destroy(nothing);
    leveldb_writeoptions_destroy(options);
    return check(error);
}

static int close_leveldb(peer *peer) {
    int result = sync_all(peer);
    release((leveldb_peer *)peer);
    return result;
}

static peer_user *attach(peer *peer) {
    (void)peer;
    leveldb_user *user = calloc(1, sizeof *user);
    if (!user) {
        peer_fail("no memory");
        return NULL;
    }
    user->batch = leveldb_writebatch_create();
    return &user->base;
}

static void detach(peer_user *user) {
    leveldb_user *self = (leveldb_user *)user;
    leveldb_writebatch_destroy(self->batch);
    free(self->value.bytes);
    free(self);
}

// ---- Reading and writing --------------------------------------------------------------------

static int add(leveldb_user *self, const void *key, size_t key_count, const void *value,
               size_t value_count, uint64_t deadline) {
    const char *stored = peer_prefixed(&self->value, deadline, value, value_count);
    if (!stored) return PEER_FAILED;
    leveldb_writebatch_put(self->batch, key, key_count, stored, value_count + PEER_PREFIX);
    return 0;
}

static int write_batch(leveldb_user *self) {
    leveldb_peer *peer = (leveldb_peer *)self->base.peer;
    char *error = NULL;
    leveldb_write(peer->db, peer->writes, self->batch, &error);
    return check(error);
}

static int put(peer_user *user, const void *key, size_t key_count, const void *value,
               size_t value_count, uint64_t deadline) {
    leveldb_user *self = (leveldb_user *)user;
    leveldb_writebatch_clear(self->batch);
    if (add(self, key, key_count, value, value_count, deadline) != 0) return PEER_FAILED;
    return write_batch(self);
}

static int put_all(peer_user *user, size_t count, const void *const *keys,
                   const size_t *key_counts, const void *const *values,
                   const size_t *value_counts) {
    leveldb_user *self = (leveldb_user *)user;
    leveldb_writebatch_clear(self->batch);
    for (size_t i = 0; i < count; i++) {
        if (add(self, keys[i], key_counts[i], values[i], value_counts[i], 0) != 0) {
            return PEER_FAILED;
        }
    }
    return write_batch(self);
}

static long get(peer_user *user, const void *key, size_t key_count, void *buffer,
                size_t capacity) {
    leveldb_peer *self = (leveldb_peer *)user->peer;
    char *error = NULL;
    size_t count;
    char *stored = leveldb_get(self->db, self->gets, key, key_count, &count, &error);
    if (check(error) != 0) return PEER_FAILED;
    if (!stored) return PEER_ABSENT;
    long result = peer_deliver_prefixed(stored, count, buffer, capacity);
    leveldb_free(stored);
    return result;
}

static int remove_key(peer_user *user, const void *key, size_t key_count) {
    leveldb_user *self = (leveldb_user *)user;
    leveldb_writebatch_clear(self->batch);
    leveldb_writebatch_delete(self->batch, key, key_count);
    return write_batch(self);
}

// ---- Upkeep ---------------------------------------------------------------------------------

static long finish(leveldb_iterator_t *iterator, long count) {
    char *error = NULL;
    leveldb_iter_get_error(iterator, &error);
    leveldb_iter_destroy(iterator);
    return check(error) == 0 ? count : PEER_FAILED;
}

static long count_keys(peer_user *user) {
    leveldb_peer *self = (leveldb_peer *)user->peer;
    leveldb_iterator_t *iterator = leveldb_create_iterator(self->db, self->scans);
    long count = 0;
    for (leveldb_iter_seek_to_first(iterator); leveldb_iter_valid(iterator);
         leveldb_iter_next(iterator)) {
        count++;
    }
    return finish(iterator, count);
}

// Puts the next expired keys into the batch, as deletes; returns how many.
static long collect(leveldb_user *self, leveldb_iterator_t *iterator, uint64_t now) {
    enum { BATCH_COUNT = 1000 };
    long found = 0;
    leveldb_writebatch_clear(self->batch);
    for (; found < BATCH_COUNT && leveldb_iter_valid(iterator); leveldb_iter_next(iterator)) {
        size_t count;
        const char *stored = leveldb_iter_value(iterator, &count);
        if (!peer_is_expired(stored, count, now)) continue;
        const char *key = leveldb_iter_key(iterator, &count);
        leveldb_writebatch_delete(self->batch, key, count);
        found++;
    }
    return found;
}

// Walks over everything and deletes in batches. LevelDB has neither transactions nor filters for
// compaction: an application would also have to keep writers away from the keys of a batch.
static long expire(peer_user *user, uint64_t now) {
    leveldb_user *self = (leveldb_user *)user;
    leveldb_peer *peer = (leveldb_peer *)user->peer;
    leveldb_iterator_t *iterator = leveldb_create_iterator(peer->db, peer->scans);
    leveldb_iter_seek_to_first(iterator);
    long removed = 0, found;
    while ((found = collect(self, iterator, now)) > 0) {
        if (write_batch(self) != 0) {
            leveldb_iter_destroy(iterator);
            return PEER_FAILED;
        }
        removed += found;
    }
    return finish(iterator, removed);
}

static int compact(peer *peer) {
    leveldb_compact_range(((leveldb_peer *)peer)->db, NULL, 0, NULL, 0);
    return sync_all(peer);
}

// ---- Variants -------------------------------------------------------------------------------

static const peer_calls calls = {
    .open = open_leveldb,
    .close = close_leveldb,
    .attach = attach,
    .detach = detach,
    .put = put,
    .put_all = put_all,
    .get = get,
    .remove = remove_key,
    .expire = expire,
    .count = count_keys,
    .sync = sync_all,
    .compact = compact,
};

#define SETTINGS                                                                                   \
    "blocks of 4 KiB, bloom filter of 10 bits per key, 2 GiB block cache, mapped files, "          \
    "64 MiB write buffer, checksums not verified by reads (its default), "                         \
    "expiry by a scan and batches of 1000 deletes"
#define WAITS                                                                                      \
    {                                                                                              \
        [PEER_BUFFERED] = "log written, not synced", [PEER_DURABLE] = "log synced (sync=1)"        \
    }

const peer_engine engine_leveldb = {
    .name = "leveldb",
    .settings = "no compression, " SETTINGS,
    .waits = WAITS,
    .calls = &calls,
    .variant = &(const leveldb_variant){leveldb_no_compression},
};

const peer_engine engine_leveldb_snappy = {
    .name = "leveldb-snappy",
    .settings = "Snappy, " SETTINGS,
    .waits = WAITS,
    .calls = &calls,
    .variant = &(const leveldb_variant){leveldb_snappy_compression},
};
