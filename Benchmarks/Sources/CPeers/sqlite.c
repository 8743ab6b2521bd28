#include "peer_engine.h"

#include <limits.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    // What makes deleting by deadline fast, and everything else slower.
    int has_index;
} sqlite_variant;

typedef struct {
    peer base;
    char path[PATH_MAX];
    int durability;
    // For the schema and for upkeep; it also keeps the log when the last user goes.
    sqlite3 *db;
    // SQLite has one writer at a time, and lets others sleep and try again. Waiting for each other
    // before they ask it wakes them as soon as it is their turn.
    pthread_mutex_t writer;
} sqlite_peer;

typedef struct {
    peer_user base;
    sqlite3 *db;
    sqlite3_stmt *put, *get, *remove, *expire, *count, *begin, *commit, *rollback;
} sqlite_user;

static int fail(sqlite3 *db) {
    return peer_fail("SQLite: %s", db ? sqlite3_errmsg(db) : "no memory");
}

static int execute(sqlite3 *db, const char *statements) {
    return sqlite3_exec(db, statements, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(db);
}

// ---- Opening and closing --------------------------------------------------------------------

// Counting every allocation takes a lock that all connections share.
static void configure_process(void) {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static sqlite3 *connect_to(const char *path, int durability) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure_process);
    sqlite3 *db = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK) {
        fail(db);
        sqlite3_close(db);
        return NULL;
    }
    sqlite3_busy_timeout(db, 60000);
    if (execute(db, "PRAGMA journal_mode = WAL; PRAGMA cache_size = -262144;"
                    "PRAGMA mmap_size = 2147418112; PRAGMA temp_store = MEMORY;"
                    "PRAGMA wal_autocheckpoint = 10000;") != 0 ||
        execute(db, durability == PEER_DURABLE ? "PRAGMA synchronous = FULL"
                                               : "PRAGMA synchronous = NORMAL") != 0) {
        sqlite3_close(db);
        return NULL;
    }
    return db;
}

// A table by row number, with the keys in an index: the rows, which are long, stay where they are
// when the index is balanced.
static int make_schema(sqlite3 *db, const sqlite_variant *variant) {
    if (execute(db, "CREATE TABLE IF NOT EXISTS sessions (id INTEGER PRIMARY KEY,"
                    " key BLOB NOT NULL UNIQUE, deadline INTEGER, value BLOB NOT NULL)") != 0) {
        return PEER_FAILED;
    }
    if (!variant->has_index) return 0;
    return execute(db, "CREATE INDEX IF NOT EXISTS deadlines ON sessions (deadline)"
                       " WHERE deadline IS NOT NULL");
}

static peer *open_sqlite(const void *variant, const char *directory, int durability) {
    sqlite_peer *self = calloc(1, sizeof *self);
    if (!self) {
        peer_fail("no memory");
        return NULL;
    }
    snprintf(self->path, sizeof self->path, "%s/sessions.sqlite", directory);
    self->durability = durability;
    self->db = connect_to(self->path, durability);
    if (!self->db || make_schema(self->db, variant) != 0) {
        sqlite3_close(self->db);
        free(self);
        return NULL;
    }
    pthread_mutex_init(&self->writer, NULL);
    return &self->base;
}

// Moves the log into the file, syncs that, and removes the log: so closes the last connection.
static int close_sqlite(peer *peer) {
    sqlite_peer *self = (sqlite_peer *)peer;
    int result = sqlite3_close(self->db) == SQLITE_OK ? 0 : fail(self->db);
    pthread_mutex_destroy(&self->writer);
    free(self);
    return result;
}

static void detach(peer_user *user) {
    sqlite_user *self = (sqlite_user *)user;
    sqlite3_stmt *statements[] = {self->put,    self->get,   self->remove, self->expire,
                                  self->count,  self->begin, self->commit, self->rollback};
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        sqlite3_finalize(statements[i]);
    }
    sqlite3_close(self->db);
    free(self);
}

static int prepare(sqlite_user *self) {
    const struct {
        sqlite3_stmt **statement;
        const char *text;
    } all[] = {
        // An update leaves the index alone, which REPLACE would not.
        {&self->put, "INSERT INTO sessions (key, value, deadline) VALUES (?1, ?2, ?3)"
                     " ON CONFLICT (key) DO UPDATE"
                     " SET value = excluded.value, deadline = excluded.deadline"},
        {&self->get, "SELECT value FROM sessions WHERE key = ?1"},
        {&self->remove, "DELETE FROM sessions WHERE key = ?1"},
        {&self->expire, "DELETE FROM sessions WHERE deadline < ?1"},
        {&self->count, "SELECT count(*) FROM sessions"},
        {&self->begin, "BEGIN IMMEDIATE"},
        {&self->commit, "COMMIT"},
        {&self->rollback, "ROLLBACK"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (sqlite3_prepare_v3(self->db, all[i].text, -1, SQLITE_PREPARE_PERSISTENT,
                               all[i].statement, NULL) != SQLITE_OK) {
            return fail(self->db);
        }
    }
    return 0;
}

static peer_user *attach(peer *peer) {
    sqlite_peer *self = (sqlite_peer *)peer;
    sqlite_user *user = calloc(1, sizeof *user);
    if (!user) {
        peer_fail("no memory");
        return NULL;
    }
    user->db = connect_to(self->path, self->durability);
    if (!user->db || prepare(user) != 0) {
        detach(&user->base);
        return NULL;
    }
    return &user->base;
}

// ---- Reading and writing --------------------------------------------------------------------

// Runs a statement that returns no rows.
static int run(sqlite_user *self, sqlite3_stmt *statement) {
    int code = sqlite3_step(statement);
    if (code != SQLITE_DONE) fail(self->db);
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? 0 : PEER_FAILED;
}

static int run_alone(sqlite_user *self, sqlite3_stmt *statement) {
    sqlite_peer *peer = (sqlite_peer *)self->base.peer;
    pthread_mutex_lock(&peer->writer);
    int result = run(self, statement);
    pthread_mutex_unlock(&peer->writer);
    return result;
}

static void bind_bytes(sqlite3_stmt *statement, int index, const void *bytes, size_t count) {
    // NULL would be no blob at all.
    sqlite3_bind_blob64(statement, index, count > 0 ? bytes : "", count, SQLITE_STATIC);
}

static void bind_session(sqlite_user *self, const void *key, size_t key_count, const void *value,
                         size_t value_count, uint64_t deadline) {
    bind_bytes(self->put, 1, key, key_count);
    bind_bytes(self->put, 2, value, value_count);
    if (deadline > 0) {
        sqlite3_bind_int64(self->put, 3, (sqlite3_int64)deadline);
    } else {
        sqlite3_bind_null(self->put, 3);
    }
}

static int put(peer_user *user, const void *key, size_t key_count, const void *value,
               size_t value_count, uint64_t deadline) {
    sqlite_user *self = (sqlite_user *)user;
    bind_session(self, key, key_count, value, value_count, deadline);
    return run_alone(self, self->put);
}

static int put_each(sqlite_user *self, size_t count, const void *const *keys,
                    const size_t *key_counts, const void *const *values,
                    const size_t *value_counts) {
    for (size_t i = 0; i < count; i++) {
        bind_session(self, keys[i], key_counts[i], values[i], value_counts[i], 0);
        if (run(self, self->put) != 0) return PEER_FAILED;
    }
    return 0;
}

static int put_all(peer_user *user, size_t count, const void *const *keys,
                   const size_t *key_counts, const void *const *values,
                   const size_t *value_counts) {
    sqlite_user *self = (sqlite_user *)user;
    sqlite_peer *peer = (sqlite_peer *)user->peer;
    pthread_mutex_lock(&peer->writer);
    int result = run(self, self->begin);
    if (result == 0) {
        result = put_each(self, count, keys, key_counts, values, value_counts);
        if (result == 0) result = run(self, self->commit);
        if (result != 0 && !sqlite3_get_autocommit(self->db)) {
            sqlite3_step(self->rollback);
            sqlite3_reset(self->rollback);
        }
    }
    pthread_mutex_unlock(&peer->writer);
    return result;
}

static long get(peer_user *user, const void *key, size_t key_count, void *buffer,
                size_t capacity) {
    sqlite_user *self = (sqlite_user *)user;
    bind_bytes(self->get, 1, key, key_count);
    int code = sqlite3_step(self->get);
    long result = PEER_ABSENT;
    if (code == SQLITE_ROW) {
        const void *value = sqlite3_column_blob(self->get, 0);
        size_t count = (size_t)sqlite3_column_bytes(self->get, 0);
        result = peer_deliver(value, count, buffer, capacity);
    } else if (code != SQLITE_DONE) {
        result = fail(self->db);
    }
    sqlite3_reset(self->get);
    return result;
}

static int remove_key(peer_user *user, const void *key, size_t key_count) {
    sqlite_user *self = (sqlite_user *)user;
    bind_bytes(self->remove, 1, key, key_count);
    return run_alone(self, self->remove);
}

static long count_keys(peer_user *user) {
    sqlite_user *self = (sqlite_user *)user;
    long count = sqlite3_step(self->count) == SQLITE_ROW
                     ? (long)sqlite3_column_int64(self->count, 0)
                     : fail(self->db);
    sqlite3_reset(self->count);
    return count;
}

// ---- Upkeep ---------------------------------------------------------------------------------

static long expire(peer_user *user, uint64_t now) {
    sqlite_user *self = (sqlite_user *)user;
    sqlite3_bind_int64(self->expire, 1, (sqlite3_int64)now);
    if (run_alone(self, self->expire) != 0) return PEER_FAILED;
    return (long)sqlite3_changes64(self->db);
}

// A checkpoint syncs the log before it moves anything, and the file afterwards.
static int sync_log(peer *peer) {
    sqlite_peer *self = (sqlite_peer *)peer;
    pthread_mutex_lock(&self->writer);
    int result = execute(self->db, "PRAGMA wal_checkpoint(FULL)");
    pthread_mutex_unlock(&self->writer);
    return result;
}

static int compact(peer *peer) {
    sqlite_peer *self = (sqlite_peer *)peer;
    pthread_mutex_lock(&self->writer);
    // What was vacuumed is in the log until the checkpoint, and the file no smaller.
    int result = execute(self->db, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
    pthread_mutex_unlock(&self->writer);
    return result;
}

// ---- Variants -------------------------------------------------------------------------------

static const peer_calls calls = {
    .open = open_sqlite,
    .close = close_sqlite,
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
    "log (WAL) with a checkpoint every 10 000 pages, pages of 4 KiB, 256 MiB cache, "              \
    "2 GiB mapped, a connection with prepared statements per user, writers wait for a mutex, "     \
    "table by row number with a unique index of keys"
#define WAITS                                                                                      \
    {                                                                                              \
        [PEER_BUFFERED] = "synchronous=NORMAL (no sync per commit)",                               \
        [PEER_DURABLE] = "synchronous=FULL (log synced by each commit)"                            \
    }

const peer_engine engine_sqlite = {
    .name = "sqlite",
    .settings = SETTINGS ", expiry by DELETE over the whole table",
    .waits = WAITS,
    .calls = &calls,
    .variant = &(const sqlite_variant){0},
};

const peer_engine engine_sqlite_expiry = {
    .name = "sqlite-expiry",
    .settings = SETTINGS ", expiry by DELETE over an index of deadlines",
    .waits = WAITS,
    .calls = &calls,
    .variant = &(const sqlite_variant){1},
};
