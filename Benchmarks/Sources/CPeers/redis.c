#include "peer_engine.h"

#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <limits.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    int is_tcp;
} redis_variant;

// A server, and the thread that started it and waits for its end: the system kills a child that
// asked for it when the thread ends that made it, not when the process does.
typedef struct {
    pthread_t keeper;
    char directory[PATH_MAX];
    char socket[sizeof((struct sockaddr_un *)0)->sun_path];
    // 0 for a Unix socket.
    int port;
    int durability;
    pid_t parent;
    _Atomic pid_t process;
    atomic_bool has_ended;
} redis_server;

typedef struct {
    peer base;
    redis_server server;
    // For upkeep, under the lock.
    redisContext *context;
    pthread_mutex_t lock;
    // What the server had expired when it was asked last.
    long expired;
} redis_peer;

typedef struct {
    peer_user base;
    redisContext *context;
} redis_user;

// ---- The server -----------------------------------------------------------------------------

// In the child, where nothing may be called that takes a lock.
static _Noreturn void become_server(const redis_server *server, char *const arguments[]) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // Whoever died before that sends no signal any more.
    if (getppid() != server->parent || chdir(server->directory) != 0) _exit(1);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);
    close_range(STDERR_FILENO + 1, ~0u, 0);
    execvp(arguments[0], arguments);
    _exit(127);
}

static void *keep(void *argument) {
    redis_server *server = argument;
    char port[16];
    snprintf(port, sizeof port, "%d", server->port);
    // The socket is found in the server's directory: its path may only have 108 bytes.
    char *const arguments[] = {
        "redis-server", "--port", port, "--bind", "127.0.0.1", "--protected-mode", "no",
        "--unixsocket", server->port ? "" : "redis.sock", "--dir", ".",
        "--logfile", "redis.log", "--loglevel", "warning", "--daemonize", "no",
        "--databases", "1", "--save", "", "--appendonly", "yes",
        "--appendfsync", server->durability == PEER_DURABLE ? "always" : "everysec", NULL};
    pid_t process = fork();
    if (process == 0) become_server(server, arguments);
    atomic_store(&server->process, process);
    if (process > 0) {
        while (waitpid(process, NULL, 0) < 0 && errno == EINTR) continue;
    }
    atomic_store(&server->has_ended, 1);
    return NULL;
}

static redisContext *connect_to(const redis_server *server) {
    redisContext *context = server->port ? redisConnect("127.0.0.1", server->port)
                                         : redisConnectUnix(server->socket);
    if (context && !context->err) return context;
    peer_fail("Redis: %s", context ? context->errstr : "no memory");
    if (context) redisFree(context);
    return NULL;
}

static int is_ready(redisContext *context) {
    redisReply *reply = redisCommand(context, "PING");
    // Until then the server says that it is loading.
    int result = reply && reply->type == REDIS_REPLY_STATUS;
    if (reply) freeReplyObject(reply);
    return result;
}

// Tries until the server answers, or ends.
static redisContext *wait_until_ready(const redis_server *server) {
    redisContext *context = NULL;
    while (!atomic_load(&server->has_ended)) {
        if (!context) context = connect_to(server);
        if (context && is_ready(context)) return context;
        if (context && context->err) {
            redisFree(context);
            context = NULL;
        }
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    if (context) redisFree(context);
    peer_fail("redis-server ended before it answered; see redis.log in %s", server->directory);
    return NULL;
}

static redisContext *start(redis_server *server) {
    atomic_store(&server->has_ended, 0);
    int code = pthread_create(&server->keeper, NULL, keep, server);
    if (code != 0) {
        peer_fail("cannot start a thread: %s", strerror(code));
        return NULL;
    }
    redisContext *context = wait_until_ready(server);
    if (!context) pthread_join(server->keeper, NULL);
    return context;
}

// ---- Ports ----------------------------------------------------------------------------------

static int is_free(int port) {
    int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (file < 0) return 0;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int result = bind(file, (struct sockaddr *)&address, sizeof address) == 0;
    close(file);
    return result;
}

// A free port below those that the system gives to connections, which nobody is given by chance.
static int choose_port(void) {
    enum { FIRST = 20000, COUNT = 10000 };
    static atomic_uint next;
    for (int i = 0; i < COUNT; i++) {
        unsigned offset = (unsigned)getpid() + atomic_fetch_add(&next, 1);
        int port = FIRST + (int)(offset % COUNT);
        if (is_free(port)) return port;
    }
    return 0;
}

static redisContext *start_on_port(redis_server *server) {
    // Again when somebody else took the port between our look and the server's.
    enum { ATTEMPTS = 5 };
    for (int i = 0; i < ATTEMPTS; i++) {
        server->port = choose_port();
        if (server->port == 0) {
            peer_fail("no port is free");
            return NULL;
        }
        redisContext *context = start(server);
        if (context) return context;
    }
    return NULL;
}

static redisContext *start_on_socket(redis_server *server) {
    int size = (int)sizeof server->socket;
    if (snprintf(server->socket, (size_t)size, "%s/redis.sock", server->directory) >= size) {
        peer_fail("the path of %s is too long for a Unix socket", server->directory);
        return NULL;
    }
    // One that a killed server left would let nobody connect, but be there.
    unlink(server->socket);
    return start(server);
}

// ---- Commands -------------------------------------------------------------------------------

// Says why there is no reply, or one that is an error; the reply is then gone.
static int check(const redisContext *context, redisReply *reply) {
    if (!reply) return peer_fail("Redis: %s", context->errstr);
    if (reply->type != REDIS_REPLY_ERROR) return 0;
    peer_fail("Redis: %s", reply->str);
    freeReplyObject(reply);
    return PEER_FAILED;
}

static redisReply *command(redisContext *context, const char *text) {
    redisReply *reply = redisCommand(context, text);
    return check(context, reply) == 0 ? reply : NULL;
}

static int execute(redisContext *context, const char *text) {
    redisReply *reply = command(context, text);
    if (!reply) return PEER_FAILED;
    freeReplyObject(reply);
    return 0;
}

static long integer(redisContext *context, const char *text) {
    redisReply *reply = command(context, text);
    if (!reply) return PEER_FAILED;
    long result = (long)reply->integer;
    freeReplyObject(reply);
    return result;
}

// The number behind a name in what INFO says.
static long info(redisContext *context, const char *section, const char *name) {
    char text[64];
    snprintf(text, sizeof text, "INFO %s", section);
    redisReply *reply = command(context, text);
    if (!reply) return PEER_FAILED;
    snprintf(text, sizeof text, "\n%s:", name);
    const char *found = strstr(reply->str, text);
    long result = found ? strtol(found + strlen(text), NULL, 10)
                        : peer_fail("Redis says nothing of %s", name);
    freeReplyObject(reply);
    return result;
}

// ---- Opening and closing --------------------------------------------------------------------

static peer *open_redis(const void *variant, const char *directory, int durability) {
    // A write to a server that has ended fails, and should not end us.
    signal(SIGPIPE, SIG_IGN);
    redis_peer *self = calloc(1, sizeof *self);
    if (!self) {
        peer_fail("no memory");
        return NULL;
    }
    redis_server *server = &self->server;
    server->durability = durability;
    server->parent = getpid();
    int is_tcp = ((const redis_variant *)variant)->is_tcp;
    if (!realpath(directory, server->directory)) {
        peer_fail_errno("cannot find", directory);
    } else {
        self->context = is_tcp ? start_on_port(server) : start_on_socket(server);
    }
    if (!self->context) {
        free(self);
        return NULL;
    }
    pthread_mutex_init(&self->lock, NULL);
    return &self->base;
}

// Stops the server, which syncs its log before it ends.
static int close_redis(peer *peer) {
    redis_peer *self = (redis_peer *)peer;
    redisReply *reply = redisCommand(self->context, "SHUTDOWN NOSAVE");
    // The server answers only when it refuses.
    int result = reply ? peer_fail("Redis: %s", reply->str) : 0;
    if (reply) {
        freeReplyObject(reply);
        kill(atomic_load(&self->server.process), SIGKILL);
    }
    redisFree(self->context);
    pthread_join(self->server.keeper, NULL);
    pthread_mutex_destroy(&self->lock);
    free(self);
    return result;
}

static int process_of(const peer *peer) {
    return atomic_load(&((const redis_peer *)peer)->server.process);
}

static peer_user *attach(peer *peer) {
    redis_user *user = calloc(1, sizeof *user);
    if (!user) {
        peer_fail("no memory");
        return NULL;
    }
    user->context = connect_to(&((redis_peer *)peer)->server);
    if (!user->context) {
        free(user);
        return NULL;
    }
    return &user->base;
}

static void detach(peer_user *user) {
    redis_user *self = (redis_user *)user;
    redisFree(self->context);
    free(self);
}

// ---- Reading and writing --------------------------------------------------------------------

// Sends a SET; its reply is still to come.
static int send_set(redisContext *context, const void *key, size_t key_count, const void *value,
                    size_t value_count, uint64_t deadline) {
    char time[24];
    int time_count = snprintf(time, sizeof time, "%llu", (unsigned long long)deadline);
    const char *words[] = {"SET", key, value, "PXAT", time};
    const size_t counts[] = {3, key_count, value_count, 4, (size_t)time_count};
    int word_count = deadline > 0 ? 5 : 3;
    if (redisAppendCommandArgv(context, word_count, words, counts) == REDIS_OK) return 0;
    return peer_fail("Redis: %s", context->errstr);
}

static redisReply *receive(redisContext *context) {
    void *reply = NULL;
    redisGetReply(context, &reply);
    return check(context, reply) == 0 ? reply : NULL;
}

static int receive_ok(redisContext *context) {
    redisReply *reply = receive(context);
    if (!reply) return PEER_FAILED;
    freeReplyObject(reply);
    return 0;
}

static int put(peer_user *user, const void *key, size_t key_count, const void *value,
               size_t value_count, uint64_t deadline) {
    redisContext *context = ((redis_user *)user)->context;
    if (send_set(context, key, key_count, value, value_count, deadline) != 0) return PEER_FAILED;
    return receive_ok(context);
}

// Sends all of a stretch before it waits for the first reply; stretches, since all that is sent
// and not read yet is in memory.
static int put_all(peer_user *user, size_t count, const void *const *keys,
                   const size_t *key_counts, const void *const *values,
                   const size_t *value_counts) {
    enum { STRETCH = 1000 };
    redisContext *context = ((redis_user *)user)->context;
    int result = 0;
    for (size_t first = 0; first < count && result == 0; first += STRETCH) {
        size_t end = count - first < STRETCH ? count : first + STRETCH;
        for (size_t i = first; i < end; i++) {
            if (send_set(context, keys[i], key_counts[i], values[i], value_counts[i], 0) != 0) {
                return PEER_FAILED;
            }
        }
        // Every reply is read, whatever it says: one that is left would answer the next command.
        for (size_t i = first; i < end; i++) {
            if (receive_ok(context) != 0) result = PEER_FAILED;
        }
    }
    return result;
}

static redisReply *command_on_key(redisContext *context, const char *verb, const void *key,
                                  size_t key_count) {
    const char *words[] = {verb, key};
    const size_t counts[] = {strlen(verb), key_count};
    redisReply *reply = redisCommandArgv(context, 2, words, counts);
    return check(context, reply) == 0 ? reply : NULL;
}

static long get(peer_user *user, const void *key, size_t key_count, void *buffer,
                size_t capacity) {
    redisReply *reply = command_on_key(((redis_user *)user)->context, "GET", key, key_count);
    if (!reply) return PEER_FAILED;
    long result = PEER_ABSENT;
    if (reply->type == REDIS_REPLY_STRING) {
        result = peer_deliver(reply->str, reply->len, buffer, capacity);
    }
    freeReplyObject(reply);
    return result;
}

static int remove_key(peer_user *user, const void *key, size_t key_count) {
    redisReply *reply = command_on_key(((redis_user *)user)->context, "DEL", key, key_count);
    if (!reply) return PEER_FAILED;
    freeReplyObject(reply);
    return 0;
}

// Redis' own count: a walk by SCAN may meet a key twice while the table grows or shrinks.
static long count_keys(peer_user *user) {
    return integer(((redis_user *)user)->context, "DBSIZE");
}

// ---- Upkeep ---------------------------------------------------------------------------------

static uint64_t milliseconds_since_1970(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

// Walks over all keys, which removes those that have expired.
static int scan_all(redisContext *context) {
    char cursor[32] = "0";
    do {
        redisReply *reply = redisCommand(context, "SCAN %s COUNT 1000", cursor);
        if (check(context, reply) != 0) return PEER_FAILED;
        snprintf(cursor, sizeof cursor, "%s", reply->element[0]->str);
        freeReplyObject(reply);
    } while (strcmp(cursor, "0") != 0);
    return 0;
}

// Redis removes by its own clock what has expired, when it is touched or by and by: so this waits
// until it is `now` for the server too, and touches everything. What the server removed since it
// was asked last counts, whoever touched it.
static long expire(peer_user *user, uint64_t now) {
    redis_peer *peer = (redis_peer *)user->peer;
    redisContext *context = ((redis_user *)user)->context;
    for (uint64_t clock = milliseconds_since_1970(); clock < now;) {
        if (now - clock > 600000) return peer_fail("Redis expires by the clock: wait until then");
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        clock = milliseconds_since_1970();
    }
    if (scan_all(context) != 0) return PEER_FAILED;
    long expired = info(context, "stats", "expired_keys");
    if (expired < 0) return PEER_FAILED;
    pthread_mutex_lock(&peer->lock);
    long result = expired - peer->expired;
    peer->expired = expired;
    pthread_mutex_unlock(&peer->lock);
    return result;
}

// Redis 7.0 has no command for it, but syncs all of its log with any write while it syncs always.
static int sync_log(peer *peer) {
    redis_peer *self = (redis_peer *)peer;
    if (self->server.durability == PEER_DURABLE) return 0;
    pthread_mutex_lock(&self->lock);
    int result = execute(self->context, "CONFIG SET appendfsync always");
    if (result == 0) result = execute(self->context, "SET session-bench:sync 1");
    if (result == 0) result = execute(self->context, "DEL session-bench:sync");
    if (result == 0) result = execute(self->context, "CONFIG SET appendfsync everysec");
    pthread_mutex_unlock(&self->lock);
    return result;
}

static int wait_for_rewrite(redisContext *context) {
    for (;;) {
        long runs = info(context, "persistence", "aof_rewrite_in_progress");
        long waits = info(context, "persistence", "aof_rewrite_scheduled");
        if (runs < 0 || waits < 0) return PEER_FAILED;
        if (runs == 0 && waits == 0) return 0;
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
}

static int compact(peer *peer) {
    redis_peer *self = (redis_peer *)peer;
    pthread_mutex_lock(&self->lock);
    // One that Redis began by itself does not have what was written since.
    int result = wait_for_rewrite(self->context);
    if (result == 0) result = execute(self->context, "BGREWRITEAOF");
    if (result == 0) result = wait_for_rewrite(self->context);
    if (result == 0) result = execute(self->context, "MEMORY PURGE");
    pthread_mutex_unlock(&self->lock);
    return result;
}

// ---- Variants -------------------------------------------------------------------------------

static const peer_calls calls = {
    .open = open_redis,
    .close = close_redis,
    .process = process_of,
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
    "a server for this benchmark, a connection per user, append-only file that is rewritten when " \
    "it has doubled, no snapshots, batches as pipelines of 1000, expiry by PXAT and a SCAN"
#define WAITS                                                                                      \
    {                                                                                              \
        [PEER_BUFFERED] = "appendfsync everysec", [PEER_DURABLE] = "appendfsync always"            \
    }

const peer_engine engine_redis_unix = {
    .name = "redis-unix",
    .settings = "Unix socket, " SETTINGS,
    .waits = WAITS,
    .calls = &calls,
    .variant = &(const redis_variant){0},
};

const peer_engine engine_redis_tcp = {
    .name = "redis-tcp",
    .settings = "TCP over loopback, " SETTINGS,
    .waits = WAITS,
    .calls = &calls,
    .variant = &(const redis_variant){1},
};
