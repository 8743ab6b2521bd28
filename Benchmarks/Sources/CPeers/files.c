#include "peer_engine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIRECTORY_COUNT = 256 };

typedef struct {
    // Whether a file is written beside the old one and takes its place, or in place of it.
    int renames;
} files_variant;

typedef struct {
    peer base;
    int renames;
    int durability;
    // Open all the time, which saves looking up the path with each call.
    int root;
    int directories[DIRECTORY_COUNT];
    atomic_uint users;
} files_peer;

typedef struct {
    peer_user base;
    char temporary[16];
} files_user;

// Where the value of a key is: a name in one of the directories.
typedef struct {
    int directory;
    char name[NAME_MAX + 1];
} place;

// ---- Opening and closing --------------------------------------------------------------------

static void release(files_peer *self) {
    for (int i = 0; i < DIRECTORY_COUNT; i++) {
        if (self->directories[i] >= 0) close(self->directories[i]);
    }
    if (self->root >= 0) close(self->root);
    free(self);
}

static int open_directory(int parent, const char *name) {
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int open_directories(files_peer *self, const char *directory) {
    self->root = open_directory(AT_FDCWD, directory);
    if (self->root < 0) return peer_fail_errno("cannot open", directory);
    for (int i = 0; i < DIRECTORY_COUNT; i++) {
        char name[3];
        snprintf(name, sizeof name, "%02x", (unsigned)i);
        if (mkdirat(self->root, name, 0777) != 0 && errno != EEXIST) {
            return peer_fail_errno("cannot make a directory in", directory);
        }
        self->directories[i] = open_directory(self->root, name);
        if (self->directories[i] < 0) return peer_fail_errno("cannot open one in", directory);
    }
    return fsync(self->root) == 0 ? 0 : peer_fail_errno("cannot sync", directory);
}

static peer *open_files(const void *variant, const char *directory, int durability) {
    files_peer *self = calloc(1, sizeof *self);
    if (!self) {
        peer_fail("no memory");
        return NULL;
    }
    self->renames = ((const files_variant *)variant)->renames;
    self->durability = durability;
    memset(self->directories, -1, sizeof self->directories);
    if (open_directories(self, directory) != 0) {
        release(self);
        return NULL;
    }
    return &self->base;
}

// The whole file system, for nobody remembers which files have changed.
static int sync_all(peer *peer) {
    return syncfs(((files_peer *)peer)->root) == 0 ? 0 : peer_fail_errno("cannot sync", "files");
}

static int close_files(peer *peer) {
    files_peer *self = (files_peer *)peer;
    int result = self->durability == PEER_DURABLE ? 0 : sync_all(peer);
    release(self);
    return result;
}

static peer_user *attach(peer *peer) {
    files_user *user = calloc(1, sizeof *user);
    if (!user) {
        peer_fail("no memory");
        return NULL;
    }
    // No key's file begins like that.
    unsigned number = atomic_fetch_add(&((files_peer *)peer)->users, 1);
    snprintf(user->temporary, sizeof user->temporary, "~%u", number);
    return &user->base;
}

static void detach(peer_user *user) {
    free(user);
}

// ---- Names ----------------------------------------------------------------------------------

static int is_plain(unsigned char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || (byte != 0 && strchr("-_+:", byte));
}

// Percent-encodes the key, which leaves it readable, and hashes it (FNV-1a) to a directory.
static int find_place(const files_peer *self, const void *key, size_t count, place *place) {
    static const char suffix[] = ".json", digits[] = "0123456789ABCDEF";
    const unsigned char *bytes = key;
    uint32_t hash = 2166136261;
    char *next = place->name;
    const char *end = place->name + sizeof place->name - sizeof suffix - 3;
    for (size_t i = 0; i < count; i++) {
        if (next > end) return peer_fail("a key of %zu bytes is no name of a file", count);
        hash = (hash ^ bytes[i]) * 16777619;
        if (is_plain(bytes[i])) {
            *next++ = (char)bytes[i];
        } else {
            *next++ = '%';
            *next++ = digits[bytes[i] >> 4];
            *next++ = digits[bytes[i] & 15];
        }
    }
    memcpy(next, suffix, sizeof suffix);
    place->directory = self->directories[(hash ^ hash >> 16) % DIRECTORY_COUNT];
    return 0;
}

// ---- Reading and writing --------------------------------------------------------------------

static int fill(int file, const char *name, const void *value, size_t count, int durability) {
    int result = peer_write_all(file, value, count, 0);
    if (result == 0 && durability == PEER_DURABLE && fdatasync(file) != 0) {
        result = peer_fail_errno("cannot sync", name);
    }
    if (close(file) != 0 && result == 0) result = peer_fail_errno("cannot close", name);
    return result;
}

static int sync_directory(const files_peer *self, const place *place) {
    if (self->durability == PEER_BUFFERED || fsync(place->directory) == 0) return 0;
    return peer_fail_errno("cannot sync the directory of", place->name);
}

static int replace(const files_user *self, const place *place, const void *value, size_t count) {
    const files_peer *peer = (const files_peer *)self->base.peer;
    const char *temporary = self->temporary;
    int file = openat(place->directory, temporary, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
    if (file < 0) return peer_fail_errno("cannot make", temporary);
    if (fill(file, temporary, value, count, peer->durability) != 0) return PEER_FAILED;
    if (renameat(place->directory, temporary, place->directory, place->name) != 0) {
        return peer_fail_errno("cannot rename to", place->name);
    }
    return sync_directory(peer, place);
}

static int overwrite(const files_user *self, const place *place, const void *value, size_t count) {
    const files_peer *peer = (const files_peer *)self->base.peer;
    int flags = O_TRUNC | O_WRONLY | O_CLOEXEC;
    int file = openat(place->directory, place->name, flags);
    // Only a name that is new has to be synced too.
    int is_new = file < 0 && errno == ENOENT;
    if (is_new) file = openat(place->directory, place->name, flags | O_CREAT, 0666);
    if (file < 0) return peer_fail_errno("cannot open", place->name);
    if (fill(file, place->name, value, count, peer->durability) != 0) return PEER_FAILED;
    return is_new ? sync_directory(peer, place) : 0;
}

static int put(peer_user *user, const void *key, size_t key_count, const void *value,
               size_t value_count, uint64_t deadline) {
    (void)deadline;
    const files_peer *self = (const files_peer *)user->peer;
    place place;
    if (find_place(self, key, key_count, &place) != 0) return PEER_FAILED;
    return (self->renames ? replace : overwrite)((files_user *)user, &place, value, value_count);
}

// One after the other: a file system has no transactions.
static int put_all(peer_user *user, size_t count, const void *const *keys,
                   const size_t *key_counts, const void *const *values,
                   const size_t *value_counts) {
    for (size_t i = 0; i < count; i++) {
        if (put(user, keys[i], key_counts[i], values[i], value_counts[i], 0) != 0) {
            return PEER_FAILED;
        }
    }
    return 0;
}

static long read_value(int file, const char *name, void *buffer, size_t capacity) {
    ssize_t count = read(file, buffer, capacity);
    if (count < 0) return peer_fail_errno("cannot read", name);
    if ((size_t)count < capacity) return count;
    // Whether that was all is not known until there is no more.
    char more;
    if (read(file, &more, 1) == 0) return count;
    return peer_fail("%s does not fit into %zu bytes", name, capacity);
}

static long get(peer_user *user, const void *key, size_t key_count, void *buffer,
                size_t capacity) {
    place place;
    if (find_place((const files_peer *)user->peer, key, key_count, &place) != 0) {
        return PEER_FAILED;
    }
    int file = openat(place.directory, place.name, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return errno == ENOENT ? PEER_ABSENT : peer_fail_errno("cannot open", place.name);
    }
    long result = read_value(file, place.name, buffer, capacity);
    close(file);
    return result;
}

static int remove_key(peer_user *user, const void *key, size_t key_count) {
    const files_peer *self = (const files_peer *)user->peer;
    place place;
    if (find_place(self, key, key_count, &place) != 0) return PEER_FAILED;
    if (unlinkat(place.directory, place.name, 0) == 0) return sync_directory(self, &place);
    return errno == ENOENT ? 0 : peer_fail_errno("cannot remove", place.name);
}

// ---- Upkeep ---------------------------------------------------------------------------------

static long expire(peer_user *user, uint64_t now) {
    (void)user, (void)now;
    return peer_fail("unsupported: a file has no place for a deadline");
}

static long count_in(int directory) {
    // Not the directory that stays open, whose position all users would share.
    int file = open_directory(directory, ".");
    DIR *stream = file < 0 ? NULL : fdopendir(file);
    if (!stream) {
        if (file >= 0) close(file);
        return peer_fail_errno("cannot list", "a directory");
    }
    long count = 0;
    const struct dirent *entry;
    while ((entry = readdir(stream))) count += entry->d_name[0] != '.' && entry->d_name[0] != '~';
    closedir(stream);
    return count;
}

static long count_keys(peer_user *user) {
    const files_peer *self = (const files_peer *)user->peer;
    long total = 0;
    for (int i = 0; i < DIRECTORY_COUNT; i++) {
        long count = count_in(self->directories[i]);
        if (count < 0) return PEER_FAILED;
        total += count;
    }
    return total;
}

// A file system has nothing left to give back.
static int compact(peer *peer) {
    (void)peer;
    return 0;
}

// ---- Variants -------------------------------------------------------------------------------

static const peer_calls calls = {
    .open = open_files,
    .close = close_files,
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

#define SETTINGS "a JSON file per session in one of 256 directories, which stay open, no expiry, "

const peer_engine engine_files = {
    .name = "files",
    .settings = SETTINGS "written to a temporary file and renamed",
    .waits = {[PEER_BUFFERED] = "no sync",
              [PEER_DURABLE] = "fdatasync of the file, fsync of its directory"},
    .calls = &calls,
    .variant = &(const files_variant){1},
};

const peer_engine engine_files_overwrite = {
    .name = "files-overwrite",
    .settings = SETTINGS "truncated and written again",
    .waits = {[PEER_BUFFERED] = "no sync",
              [PEER_DURABLE] = "fdatasync of the file, fsync of its directory when it is new"},
    .calls = &calls,
    .variant = &(const files_variant){0},
};
