#include "peer_engine.h"

#include <rocksdb/c.h>
#include <stdatomic.h>
#include <stdlib.h>

typedef struct {
    int compression;
    size_t block_bytes;
    int dictionary_bytes;
    // Whether blocks are read where they are mapped, and not copied into the cache.
    int maps_files;
} rocksdb_variant;

typedef struct {
    peer base;
    rocksdb_t *db;
    rocksdb_options_t *options;
    rocksdb_cache_t *cache;
    rocksdb_compactionfilter_t *filter;
    rocksdb_writeoptions_t *writes;
    rocksdb_readoptions_t *gets;
    rocksdb_readoptions_t *scans;
    // The compaction filter drops what has a deadline before this: 0 drops nothing.
    _Atomic uint64_t horizon;
    _Atomic long dropped;
} rocksdb_peer;

typedef struct {
    peer_user base;
    // Used again for every write, which saves the allocations of rocksdb_put.
    rocksdb_writebatch_t *batch;
    peer_buffer value;
} rocksdb_user;

static int check(char *error) {
    if (!error) return 0;
    peer_fail("RocksDB: %s", error);
    rocksdb_free(error);
    return PEER_FAILED;
}

// ---- Expiry ---------------------------------------------------------------------------------
//
// By a compaction filter, as RocksDB's own time to live has it: what has expired is left out while
// files are rewritten, so that one pass both removes it and gives back its space. Deletes would be
// written to the log first, then to files, and removed with what they delete only much later; and
// without transactions they could hit a session that was written again since it was read.

static unsigned char drops(void *state, int level, const char *key, size_t key_count,
                           const char *value, size_t value_count, char **new_value,
                           size_t *new_value_count, unsigned char *changes) {
    (void)level, (void)key, (void)key_count, (void)new_value, (void)new_value_count;
    rocksdb_peer *self = state;
    *changes = 0;
    uint64_t horizon = atomic_load_explicit(&self->horizon, memory_order_relaxed);
    if (horizon == 0 || !peer_is_expired(value, value_count, horizon)) return 0;
    atomic_fetch_add_explicit(&self->dropped, 1, memory_order_relaxed);
    return 1;
}

static const char *filter_name(void *state) {
    (void)state;
    return "deadline";
}

static void keep_state(void *state) {
    (void)state;
}

// ---- Opening and closing --------------------------------------------------------------------

static rocksdb_block_based_table_options_t *table_options(const rocksdb_variant *variant,
                                                          rocksdb_cache_t *cache) {
    rocksdb_block_based_table_options_t *table = rocksdb_block_based_options_create();
    rocksdb_block_based_options_set_format_version(table, 5);
    rocksdb_block_based_options_set_block_size(table, variant->block_bytes);
    rocksdb_block_based_options_set_block_cache(table, cache);
    rocksdb_block_based_options_set_filter_policy(table,
                                                  rocksdb_filterpolicy_create_bloom_full(10));
    // Look-ups of single keys find them in a block by a hash, as optimize_for_point_lookup has it.
    rocksdb_block_based_options_set_data_block_index_type(
        table, rocksdb_block_based_table_data_block_index_type_binary_search_and_hash);
    rocksdb_block_based_options_set_data_block_hash_ratio(table, 0.75);
    // A block has only six sessions or so: with the default of 16 to a restart the hash would find
    // nothing but its beginning.
    rocksdb_block_based_options_set_block_restart_interval(table, 4);
    // Index and filters stay outside of the cache, with each open file: fastest while they fit.
    rocksdb_block_based_options_set_cache_index_and_filter_blocks(table, 0);
    return table;
}

static void set_writing(rocksdb_options_t *options) {
    rocksdb_options_increase_parallelism(options, 2);
    rocksdb_options_set_write_buffer_size(options, 64 << 20);
    rocksdb_options_set_max_write_buffer_number(options, 4);
    // A filter in front of the write buffer too, as optimize_for_point_lookup has it.
    rocksdb_options_set_memtable_prefix_bloom_size_ratio(options, 0.02);
    rocksdb_options_set_memtable_whole_key_filtering(options, 1);
    // The next group of writers syncs the log while the last one fills the write buffer.
    rocksdb_options_set_enable_pipelined_write(options, 1);
}

static void set_files(rocksdb_options_t *options, const rocksdb_variant *variant) {
    rocksdb_options_set_create_if_missing(options, 1);
    rocksdb_options_set_max_open_files(options, -1);
    // A fifth faster than the cache while sessions fit into memory.
    rocksdb_options_set_allow_mmap_reads(options, (unsigned char)variant->maps_files);
    rocksdb_options_set_level_compaction_dynamic_level_bytes(options, 1);
    // Files are written to disk little by little, not all at their end.
    rocksdb_options_set_bytes_per_sync(options, 1 << 20);
    rocksdb_options_set_skip_stats_update_on_db_open(options, 1);
    rocksdb_options_set_skip_checking_sst_file_sizes_on_db_open(options, 1);
    rocksdb_options_set_stats_dump_period_sec(options, 0);
    rocksdb_options_set_stats_persist_period_sec(options, 0);
    enum { WARN = 2 };
    rocksdb_options_set_info_log_level(options, WARN);
}

static void set_compression(rocksdb_options_t *options, const rocksdb_variant *variant) {
    rocksdb_options_set_compression(options, variant->compression);
    if (variant->compression != rocksdb_zstd_compression) return;
    enum { WINDOW_BITS = -14, LEVEL = 3, STRATEGY = 0 };
    rocksdb_options_set_compression_options(options, WINDOW_BITS, LEVEL, STRATEGY,
                                            variant->dictionary_bytes);
    // The 100 times as many samples that zstd's documentation asks for.
    rocksdb_options_set_compression_options_zstd_max_train_bytes(options,
                                                                 100 * variant->dictionary_bytes);
}

static void set_options(rocksdb_peer *self, const rocksdb_variant *variant) {
    self->cache = rocksdb_cache_create_lru((size_t)2 << 30);
    self->options = rocksdb_options_create();
    set_writing(self->options);
    set_files(self->options, variant);
    set_compression(self->options, variant);
    rocksdb_block_based_table_options_t *table = table_options(variant, self->cache);
    rocksdb_options_set_block_based_table_factory(self->options, table);
    rocksdb_block_based_options_destroy(table);
    self->filter = rocksdb_compactionfilter_create(self, keep_state, drops, filter_name);
    rocksdb_options_set_compaction_filter(self->options, self->filter);
}

static void release(rocksdb_peer *self) {
    if (self->db) rocksdb_close(self->db);
    rocksdb_readoptions_destroy(self->gets);
    rocksdb_readoptions_destroy(self->scans);
    rocksdb_writeoptions_destroy(self->writes);
    rocksdb_options_destroy(self->options);
    rocksdb_compactionfilter_destroy(self->filter);
    rocksdb_cache_destroy(self->cache);
    free(self);
}

static peer *open_rocksdb(const void *variant, const char *directory, int durability) {
    rocksdb_peer *self = calloc(1, sizeof *self);
    if (!self) {
        peer_fail("no memory");
        return NULL;
    }
    set_options(self, variant);
    self->writes = rocksdb_writeoptions_create();
    rocksdb_writeoptions_set_sync(self->writes, durability == PEER_DURABLE);
    self->gets = rocksdb_readoptions_create();
    self->scans = rocksdb_readoptions_create();
    rocksdb_readoptions_set_fill_cache(self->scans, 0);
    char *error = NULL;
    self->db = rocksdb_open(self->options, directory, &error);
    if (check(error) != 0) {
        release(self);
        return NULL;
    }
    return &self->base;
}

// Writes the write buffer to a file, so that the next opening has no log to replay.
static int close_rocksdb(peer *peer) {
    rocksdb_peer *self = (rocksdb_peer *)peer;
    rocksdb_flushoptions_t *options = rocksdb_flushoptions_create();
    char *error = NULL;
    rocksdb_flush(self->db, options, &error);
    rocksdb_flushoptions_destroy(options);
    int result = check(error);
    release(self);
    return result;
}

static peer_user *attach(peer *peer) {
    (void)peer;
    rocksdb_user *user = calloc(1, sizeof *user);
    if (!user) {
        peer_fail("no memory");
        return NULL;
    }
    user->batch = rocksdb_writebatch_create();
    return &user->base;
}

static void detach(peer_user *user) {
    rocksdb_user *self = (rocksdb_user *)user;
    rocksdb_writebatch_destroy(self->batch);
    free(self->value.bytes);
    free(self);
}

// ---- Reading and writing --------------------------------------------------------------------

static int add(rocksdb_user *self, const void *key, size_t key_count, const void *value,
               size_t value_count, uint64_t deadline) {
    const char *stored = peer_prefixed(&self->value, deadline, value, value_count);
    if (!stored) return PEER_FAILED;
    rocksdb_writebatch_put(self->batch, key, key_count, stored, value_count + PEER_PREFIX);
    return 0;
}

static int write_batch(rocksdb_user *self) {
    rocksdb_peer *peer = (rocksdb_peer *)self->base.peer;
    char *error = NULL;
    rocksdb_write(peer->db, peer->writes, self->batch, &error);
    return check(error);
}

static int put(peer_user *user, const void *key, size_t key_count, const void *value,
               size_t value_count, uint64_t deadline) {
    rocksdb_user *self = (rocksdb_user *)user;
    rocksdb_writebatch_clear(self->batch);
    if (add(self, key, key_count, value, value_count, deadline) != 0) return PEER_FAILED;
    return write_batch(self);
}

static int put_all(peer_user *user, size_t count, const void *const *keys,
                   const size_t *key_counts, const void *const *values,
                   const size_t *value_counts) {
    rocksdb_user *self = (rocksdb_user *)user;
    rocksdb_writebatch_clear(self->batch);
    for (size_t i = 0; i < count; i++) {
        if (add(self, keys[i], key_counts[i], values[i], value_counts[i], 0) != 0) {
            return PEER_FAILED;
        }
    }
    return write_batch(self);
}

static long get(peer_user *user, const void *key, size_t key_count, void *buffer,
                size_t capacity) {
    rocksdb_peer *self = (rocksdb_peer *)user->peer;
    char *error = NULL;
    rocksdb_pinnableslice_t *slice =
        rocksdb_get_pinned(self->db, self->gets, key, key_count, &error);
    if (check(error) != 0) return PEER_FAILED;
    if (!slice) return PEER_ABSENT;
    size_t count;
    const char *stored = rocksdb_pinnableslice_value(slice, &count);
    long result = peer_deliver_prefixed(stored, count, buffer, capacity);
    rocksdb_pinnableslice_destroy(slice);
    return result;
}

static int remove_key(peer_user *user, const void *key, size_t key_count) {
    rocksdb_user *self = (rocksdb_user *)user;
    rocksdb_writebatch_clear(self->batch);
    rocksdb_writebatch_delete(self->batch, key, key_count);
    return write_batch(self);
}

static long count_keys(peer_user *user) {
    rocksdb_peer *self = (rocksdb_peer *)user->peer;
    rocksdb_iterator_t *iterator = rocksdb_create_iterator(self->db, self->scans);
    long count = 0;
    for (rocksdb_iter_seek_to_first(iterator); rocksdb_iter_valid(iterator);
         rocksdb_iter_next(iterator)) {
        count++;
    }
    char *error = NULL;
    rocksdb_iter_get_error(iterator, &error);
    rocksdb_iter_destroy(iterator);
    return check(error) == 0 ? count : PEER_FAILED;
}

// ---- Upkeep ---------------------------------------------------------------------------------

static int sync_log(peer *peer) {
    char *error = NULL;
    rocksdb_flush_wal(((rocksdb_peer *)peer)->db, 1, &error);
    return check(error);
}

// Rewrites every file. Alone, for the newest version of a key to be among those that are rewritten
// in each step: otherwise the filter could see an older one, and count it.
static int compact(peer *peer) {
    rocksdb_peer *self = (rocksdb_peer *)peer;
    rocksdb_compactoptions_t *options = rocksdb_compactoptions_create();
    rocksdb_compactoptions_set_exclusive_manual_compaction(options, 1);
    enum { FORCE_OPTIMIZED = 3 };
    rocksdb_compactoptions_set_bottommost_level_compaction(options, FORCE_OPTIMIZED);
    rocksdb_compact_range_opt(self->db, options, NULL, 0, NULL, 0);
    rocksdb_compactoptions_destroy(options);
    uint64_t errors = 0;
    if (rocksdb_property_int(self->db, "rocksdb.background-errors", &errors) == 0 && errors > 0) {
        return peer_fail("RocksDB: compaction failed; its LOG says why");
    }
    // Removes files that are not needed any more before it returns; otherwise that is left to a
    // thread in the background.
    char *error = NULL;
    rocksdb_enable_file_deletions(self->db, 1, &error);
    return check(error);
}

static long expire(peer_user *user, uint64_t now) {
    rocksdb_peer *self = (rocksdb_peer *)user->peer;
    atomic_store(&self->dropped, 0);
    atomic_store(&self->horizon, now);
    int result = compact(&self->base);
    atomic_store(&self->horizon, 0);
    return result == 0 ? atomic_load(&self->dropped) : PEER_FAILED;
}

// ---- Variants -------------------------------------------------------------------------------

static const peer_calls calls = {
    .open = open_rocksdb,
    .close = close_rocksdb,
    .attach = attach,
    .detach = detach,
    .put = put,
    .put_all = put_all,
    .get = get,
    .remove = remove_key,
    .expire = expire,
    .count = count_keys,
    .sync = sync_log,
    .compact = compact,
};

#define SETTINGS                                                                                   \
    "bloom filter of 10 bits per key, hash index in blocks with a restart every 4 keys, "          \
    "write buffers 4 x 64 MiB with a bloom filter, pipelined writes, 2 background threads, "       \
    "expiry by compaction filter"
#define WAITS                                                                                      \
    {                                                                                              \
        [PEER_BUFFERED] = "log written, not synced", [PEER_DURABLE] = "log synced (sync=1)"        \
    }

const peer_engine engine_rocksdb = {
    .name = "rocksdb",
    .settings = "no compression, blocks of 4 KiB, mapped files, " SETTINGS,
    .waits = WAITS,
    .calls = &calls,
    .variant = &(const rocksdb_variant){.compression = rocksdb_no_compression,
                                        .block_bytes = 4 << 10,
                                        .maps_files = 1},
};

const peer_engine engine_rocksdb_lz4 = {
    .name = "rocksdb-lz4",
    .settings = "LZ4, blocks of 4 KiB, 2 GiB block cache, " SETTINGS,
    .waits = WAITS,
    .calls = &calls,
    .variant = &(const rocksdb_variant){.compression = rocksdb_lz4_compression,
                                        .block_bytes = 4 << 10},
};

const peer_engine engine_rocksdb_zstd = {
    .name = "rocksdb-zstd",
    .settings = "zstd level 3 with dictionaries of 16 KiB, blocks of 4 KiB, "
                "2 GiB block cache, " SETTINGS,
    .waits = WAITS,
    .calls = &calls,
    .variant = &(const rocksdb_variant){.compression = rocksdb_zstd_compression,
                                        .block_bytes = 4 << 10,
                                        .dictionary_bytes = 16 << 10},
};

const peer_engine engine_rocksdb_zstd_small = {
    .name = "rocksdb-zstd-small",
    .settings = "zstd level 3 with dictionaries of 64 KiB, blocks of 16 KiB, "
                "2 GiB block cache, " SETTINGS,
    .waits = WAITS,
    .calls = &calls,
    .variant = &(const rocksdb_variant){.compression = rocksdb_zstd_compression,
                                        .block_bytes = 16 << 10,
                                        .dictionary_bytes = 64 << 10},
};
