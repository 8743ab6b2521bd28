#include "peer_engine.h"

#include <stdlib.h>
#include <zdict.h>
#include <zstd.h>

struct raw_zstd {
    ZSTD_CCtx *compression;
    ZSTD_CDict *writing;
    ZSTD_DCtx *decompression;
    ZSTD_DDict *reading;
};

static int train(raw_zstd *self, int level, size_t dictionary_max, const void *samples,
                 const size_t *counts, unsigned count) {
    void *bytes = malloc(dictionary_max);
    if (!bytes) return peer_fail("no memory");
    size_t length = ZDICT_trainFromBuffer(bytes, dictionary_max, samples, counts, count);
    if (ZDICT_isError(length)) {
        free(bytes);
        return peer_fail("cannot train a dictionary: %s", ZDICT_getErrorName(length));
    }
    self->writing = ZSTD_createCDict(bytes, length, level);
    self->reading = ZSTD_createDDict(bytes, length);
    free(bytes);
    return self->writing && self->reading ? 0 : peer_fail("cannot digest a dictionary");
}

raw_zstd *raw_zstd_open(int level, size_t dictionary_max, const void *samples,
                        const size_t *counts, unsigned count) {
    raw_zstd *self = calloc(1, sizeof *self);
    if (!self) {
        peer_fail("no memory");
        return NULL;
    }
    self->compression = ZSTD_createCCtx();
    self->decompression = ZSTD_createDCtx();
    if (!self->compression || !self->decompression) {
        peer_fail("no memory");
    } else if (train(self, level, dictionary_max, samples, counts, count) == 0) {
        // Which dictionary it is need not be in every frame.
        ZSTD_CCtx_setParameter(self->compression, ZSTD_c_dictIDFlag, 0);
        ZSTD_CCtx_refCDict(self->compression, self->writing);
        return self;
    }
    raw_zstd_close(self);
    return NULL;
}

long raw_zstd_compress(raw_zstd *self, const void *value, size_t count, void *frame,
                       size_t capacity) {
    size_t done = ZSTD_compress2(self->compression, frame, capacity, value, count);
    if (ZSTD_isError(done)) return peer_fail("cannot compress: %s", ZSTD_getErrorName(done));
    return (long)done;
}

long raw_zstd_decompress(raw_zstd *self, const void *frame, size_t count, void *value,
                         size_t capacity) {
    size_t done = ZSTD_decompress_usingDDict(self->decompression, value, capacity, frame, count,
                                             self->reading);
    if (ZSTD_isError(done)) return peer_fail("cannot decompress: %s", ZSTD_getErrorName(done));
    return (long)done;
}

void raw_zstd_close(raw_zstd *self) {
    ZSTD_freeCCtx(self->compression);
    ZSTD_freeCDict(self->writing);
    ZSTD_freeDCtx(self->decompression);
    ZSTD_freeDDict(self->reading);
    free(self);
}
