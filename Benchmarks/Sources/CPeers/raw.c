#include "peer_engine.h"

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct raw_log {
    int file;
    uint64_t ahead;
    uint64_t tail;
    // Where the zeros end that are on disk already.
    uint64_t zeros_end;
};

// Writes the next zeros behind those that are there, and waits for the disk: only bytes that were
// written before can be overwritten without the file system changing anything of its own.
static int fill(raw_log *log) {
    static const char zeros[1 << 16];
    uint64_t end = log->zeros_end + log->ahead;
    while (log->zeros_end < end) {
        uint64_t left = end - log->zeros_end;
        size_t count = left < sizeof zeros ? (size_t)left : sizeof zeros;
        if (peer_write_all(log->file, zeros, count, log->zeros_end) != 0) return PEER_FAILED;
        log->zeros_end += count;
    }
    // fsync, for the file's new size and blocks are what later syncs must not have to write.
    return fsync(log->file) == 0 ? 0 : peer_fail_errno("cannot sync", "the log");
}

raw_log *raw_log_open(const char *path, uint64_t ahead) {
    raw_log *log = calloc(1, sizeof *log);
    if (!log) {
        peer_fail("no memory");
        return NULL;
    }
    log->ahead = ahead;
    log->file = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
    if (log->file < 0) {
        peer_fail_errno("cannot open", path);
        free(log);
        return NULL;
    }
    if (fill(log) != 0) {
        raw_log_close(log);
        return NULL;
    }
    return log;
}

int raw_log_append(raw_log *log, const void *bytes, size_t count, int syncs) {
    while (log->ahead > 0 && log->tail + count > log->zeros_end) {
        if (fill(log) != 0) return PEER_FAILED;
    }
    if (peer_write_all(log->file, bytes, count, log->tail) != 0) return PEER_FAILED;
    log->tail += count;
    return syncs ? raw_log_sync(log) : 0;
}

int raw_log_sync(const raw_log *log) {
    return fdatasync(log->file) == 0 ? 0 : peer_fail_errno("cannot sync", "the log");
}

void raw_log_rewind(raw_log *log) {
    log->tail = 0;
}

void raw_log_close(raw_log *log) {
    close(log->file);
    free(log);
}

long raw_read(int file, void *buffer, size_t count, uint64_t offset) {
    ssize_t done = pread(file, buffer, count, (off_t)offset);
    if (done < 0) return peer_fail_errno("cannot read", "the file");
    return done;
}

uint64_t bench_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}
