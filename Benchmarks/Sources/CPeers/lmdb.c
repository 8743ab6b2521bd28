#include "peer_engine.h"

#include <fcntl.h>
#include <limits.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    peer base;
    char *directory;
    unsigned flags;
    MDB_env *env;
    MDB_dbi table;
    // Guards `users`.
    pthread_mutex_t lock;
    long users;
} lmdb_peer;

typedef struct {
    peer_user base;
    // Reset after each read and renewed before the next, which allocates nothing.
    MDB_txn *reads;
} lmdb_user;

static int check(int code) {
    return code == 0 ? 0 : peer_fail("LMDB: %s", mdb_strerror(code));
}

// ---- Opening and closing --------------------------------------------------------------------

static int open_table(lmdb_peer *self) {
    MDB_txn *txn;
    int code = mdb_txn_begin(self->env, NULL, 0, &txn);
    if (code != 0) return code;
    code = mdb_dbi_open(txn, NULL, 0, &self->table);
    if (code == 0) return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return code;
}

static int open_env(lmdb_peer *self) {
    int code = mdb_env_create(&self->env);
    if (code != 0) return check(code);
    // Address space only: the file is as large where the map is written to, but sparse.
    code = mdb_env_set_mapsize(self->env, (size_t)32 << 30);
    if (code == 0) code = mdb_env_set_maxreaders(self->env, 1024);
    if (code == 0) code = mdb_env_open(self->env, self->directory, self->flags, 0666);
    if (code == 0) code = open_table(self);
    if (code == 0) return 0;
    mdb_env_close(self->env);
    self->env = NULL;
    return check(code);
}

static void release(lmdb_peer *self) {
    if (self->env) mdb_env_close(self->env);
    pthread_mutex_destroy(&self->lock);
    free(self->directory);
    free(self);
}

static peer *open_lmdb(const void *variant, const char *directory, int durability) {
    (void)variant;
    lmdb_peer *self = calloc(1, sizeof *self);
    if (!self || !(self->directory = strdup(directory))) {
        free(self);
        peer_fail("no memory");
        return NULL;
    }
    pthread_mutex_init(&self->lock, NULL);
    // A user may move from thread to thread. Pages need no clearing before they are written. The
    // system reads ahead: turning that off pays only for data that is larger than memory.
    self->flags = MDB_NOTLS | MDB_NOMEMINIT;
    if (durability == PEER_BUFFERED) self->flags |= MDB_WRITEMAP | MDB_NOSYNC;
    if (open_env(self) != 0) {
        release(self);
        return NULL;
    }
    return &self->base;
}

static int sync_env(peer *peer) {
    enum { FORCE = 1 };
    return check(mdb_env_sync(((lmdb_peer *)peer)->env, FORCE));
}

static int close_lmdb(peer *peer) {
    lmdb_peer *self = (lmdb_peer *)peer;
    // Without an environment, when compaction could not open it again.
    int result = self->env ? sync_env(peer) : 0;
    release(self);
    return result;
}

static void add_users(lmdb_peer *self, long change) {
    pthread_mutex_lock(&self->lock);
    self->users += change;
    pthread_mutex_unlock(&self->lock);
}

static peer_user *attach(peer *peer) {
    lmdb_peer *self = (lmdb_peer *)peer;
    lmdb_user *user = calloc(1, sizeof *user);
    if (!user) {
        peer_fail("no memory");
        return NULL;
    }
    add_users(self, 1);
    if (check(mdb_txn_begin(self->env, NULL, MDB_RDONLY, &user->reads)) != 0) {
        add_users(self, -1);
        free(user);
        return NULL;
    }
    mdb_txn_reset(user->reads);
    return &user->base;
}

static void detach(peer_user *user) {
    lmdb_user *self = (lmdb_user *)user;
    mdb_txn_abort(self->reads);
    add_users((lmdb_peer *)user->peer, -1);
    free(self);
}

// ---- Reading and writing --------------------------------------------------------------------

// Writes into the page itself, for there is a prefix to put in front.
static int put_in(MDB_txn *txn, MDB_dbi table, const void *key, size_t key_count,
                  const void *value, size_t value_count, uint64_t deadline) {
    MDB_val name = {key_count, (void *)key};
    MDB_val stored = {value_count + PEER_PREFIX, NULL};
    int code = mdb_put(txn, table, &name, &stored, MDB_RESERVE);
    if (code == 0) peer_prefix(stored.mv_data, deadline, value, value_count);
    return code;
}

// Commits when all went well so far, and otherwise takes everything back.
static int finish(MDB_txn *txn, int code) {
    if (code == 0) return check(mdb_txn_commit(txn));
    mdb_txn_abort(txn);
    return check(code);
}

static int put(peer_user *user, const void *key, size_t key_count, const void *value,
               size_t value_count, uint64_t deadline) {
    lmdb_peer *self = (lmdb_peer *)user->peer;
    MDB_txn *txn;
    int code = mdb_txn_begin(self->env, NULL, 0, &txn);
    if (code != 0) return check(code);
    code = put_in(txn, self->table, key, key_count, value, value_count, deadline);
    return finish(txn, code);
}

static int put_all(peer_user *user, size_t count, const void *const *keys,
                   const size_t *key_counts, const void *const *values,
                   const size_t *value_counts) {
    lmdb_peer *self = (lmdb_peer *)user->peer;
    MDB_txn *txn;
    int code = mdb_txn_begin(self->env, NULL, 0, &txn);
    if (code != 0) return check(code);
    for (size_t i = 0; i < count && code == 0; i++) {
        code = put_in(txn, self->table, keys[i], key_counts[i], values[i], value_counts[i], 0);
    }
    return finish(txn, code);
}

static long get(peer_user *user, const void *key, size_t key_count, void *buffer,
                size_t capacity) {
    lmdb_user *self = (lmdb_user *)user;
    MDB_val name = {key_count, (void *)key};
    MDB_val stored;
    int code = mdb_txn_renew(self->reads);
    if (code != 0) return check(code);
    code = mdb_get(self->reads, ((lmdb_peer *)user->peer)->table, &name, &stored);
    long result = PEER_ABSENT;
    if (code == 0) {
        result = peer_deliver_prefixed(stored.mv_data, stored.mv_size, buffer, capacity);
    } else if (code != MDB_NOTFOUND) {
        result = check(code);
    }
    mdb_txn_reset(self->reads);
    return result;
}

static int remove_key(peer_user *user, const void *key, size_t key_count) {
    lmdb_peer *self = (lmdb_peer *)user->peer;
    MDB_val name = {key_count, (void *)key};
    MDB_txn *txn;
    int code = mdb_txn_begin(self->env, NULL, 0, &txn);
    if (code != 0) return check(code);
    code = mdb_del(txn, self->table, &name, NULL);
    return finish(txn, code == MDB_NOTFOUND ? 0 : code);
}

static long count_keys(peer_user *user) {
    lmdb_user *self = (lmdb_user *)user;
    MDB_cursor *cursor;
    MDB_val key;
    int code = mdb_txn_renew(self->reads);
    if (code != 0) return check(code);
    code = mdb_cursor_open(self->reads, ((lmdb_peer *)user->peer)->table, &cursor);
    if (code != 0) {
        mdb_txn_reset(self->reads);
        return check(code);
    }
    long count = 0;
    while ((code = mdb_cursor_get(cursor, &key, NULL, MDB_NEXT)) == 0) count++;
    mdb_cursor_close(cursor);
    mdb_txn_reset(self->reads);
    return code == MDB_NOTFOUND ? count : check(code);
}

// ---- Upkeep ---------------------------------------------------------------------------------

// Where a walk over all keys goes on in its next transaction.
typedef struct {
    char key[512];
    size_t count;
    int at_end;
} position;

static int stop_at(position *position, const MDB_val *key) {
    if (key->mv_size > sizeof position->key) return MDB_BAD_VALSIZE;
    memcpy(position->key, key->mv_data, key->mv_size);
    position->count = key->mv_size;
    return 0;
}

// Deletes what has expired, from a position on, and stops when there is enough for a transaction.
static int expire_some(MDB_cursor *cursor, position *position, uint64_t now, long *removed) {
    enum { BATCH_COUNT = 10000 };
    MDB_val key = {position->count, position->key}, stored;
    MDB_cursor_op first = position->count > 0 ? MDB_SET_RANGE : MDB_FIRST;
    int code = mdb_cursor_get(cursor, &key, &stored, first);
    for (*removed = 0; code == 0; code = mdb_cursor_get(cursor, &key, &stored, MDB_NEXT)) {
        if (!peer_is_expired(stored.mv_data, stored.mv_size, now)) continue;
        if (*removed == BATCH_COUNT) return stop_at(position, &key);
        code = mdb_cursor_del(cursor, 0);
        if (code != 0) return code;
        ++*removed;
    }
    position->at_end = code == MDB_NOTFOUND;
    return position->at_end ? 0 : code;
}

static long expire_batch(lmdb_peer *self, position *position, uint64_t now) {
    MDB_txn *txn;
    MDB_cursor *cursor;
    int code = mdb_txn_begin(self->env, NULL, 0, &txn);
    if (code != 0) return check(code);
    long removed = 0;
    code = mdb_cursor_open(txn, self->table, &cursor);
    if (code == 0) {
        code = expire_some(cursor, position, now, &removed);
        mdb_cursor_close(cursor);
    }
    return finish(txn, code) == 0 ? removed : PEER_FAILED;
}

// One walk with many transactions, so that others can write in between.
static long expire(peer_user *user, uint64_t now) {
    position position = {.count = 0};
    long removed = 0;
    while (!position.at_end) {
        long batch = expire_batch((lmdb_peer *)user->peer, &position, now);
        if (batch < 0) return PEER_FAILED;
        removed += batch;
    }
    return removed;
}

static int copy_to(lmdb_peer *self, const char *path) {
    int file = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
    if (file < 0) return peer_fail_errno("cannot open", path);
    int result = check(mdb_env_copyfd2(self->env, file, MDB_CP_COMPACT));
    if (result == 0 && fsync(file) != 0) result = peer_fail_errno("cannot sync", path);
    close(file);
    return result;
}

static int replace_with(lmdb_peer *self, const char *copy) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/data.mdb", self->directory);
    mdb_env_close(self->env);
    self->env = NULL;
    int result = rename(copy, path) == 0 ? 0 : peer_fail_errno("cannot rename", copy);
    int directory = open(self->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0 || fsync(directory) != 0) {
        result = peer_fail_errno("cannot sync", self->directory);
    }
    if (directory >= 0) close(directory);
    return open_env(self) == 0 ? result : PEER_FAILED;
}

// A file of LMDB never gets smaller; freed pages are used again. All it can do is a smaller copy,
// which takes the file's place while nobody uses it.
static int compact(peer *peer) {
    lmdb_peer *self = (lmdb_peer *)peer;
    char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%s/copy.mdb", self->directory);
    pthread_mutex_lock(&self->lock);
    int result = 0;
    if (self->users == 0) {
        result = copy_to(self, copy);
        if (result == 0) result = replace_with(self, copy);
        if (result != 0) unlink(copy);
    }
    pthread_mutex_unlock(&self->lock);
    return result;
}

static const peer_calls calls = {
    .open = open_lmdb,
    .close = close_lmdb,
    .attach = attach,
    .detach = detach,
    .put = put,
    .put_all = put_all,
    .get = get,
    .remove = remove_key,
    .expire = expire,
    .count = count_keys,
    .sync = sync_env,
    .compact = compact,
};

const peer_engine engine_lmdb = {
    .name = "lmdb",
    .settings = "map of 32 GiB, a read transaction per user that is reset and renewed, "
                "values written in place (MDB_RESERVE), MDB_NOTLS, MDB_NOMEMINIT, "
                "expiry by a cursor and transactions of 10 000 deletes, "
                "compaction by a copy while nobody is attached",
    .waits = {[PEER_BUFFERED] = "writable map, no sync (MDB_WRITEMAP | MDB_NOSYNC)",
              [PEER_DURABLE] = "synced commits, no writable map"},
    .calls = &calls,
};
