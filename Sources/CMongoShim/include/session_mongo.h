#ifndef SESSION_MONGO_H
#define SESSION_MONGO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What the MongoDB driver needs of libmongoc: a pool of clients, and commands as BSON bytes.
//
// Everything is defined only when the package is built with its trait Mongo.

// Who says that something went wrong; libmongoc's error domains, as far as they occur.
typedef enum {
    SESSION_MONGO_NONE = 0,
    // The URL is malformed, or what it asks for can't be had; the message is the name of an option
    // that is none, or empty.
    SESSION_MONGO_URL,
    // No server could be found in time.
    SESSION_MONGO_SELECTION,
    // A connection could not be made, or broke, or timed out.
    SESSION_MONGO_STREAM,
    // The server does not let this user in.
    SESSION_MONGO_AUTHENTICATION,
    // The server answered with an error; the code is its own.
    SESSION_MONGO_SERVER,
    // The server did as it was told, but not as safely; the code is its own.
    SESSION_MONGO_WRITE_CONCERN,
    // The bytes on the wire, or of the command, make no sense.
    SESSION_MONGO_PROTOCOL,
    // The command has more bytes than the server takes.
    SESSION_MONGO_TOO_BIG,
    // Anything else that libmongoc itself refuses; the code is its own.
    SESSION_MONGO_LIBRARY,
} session_mongo_domain;

typedef struct {
    session_mongo_domain domain;
    uint32_t code;
    // libmongoc's or the server's words, ended by a zero; may quote values.
    char message[504];
} session_mongo_error;

typedef struct session_mongo_pool session_mongo_pool;

// Makes a pool of at most `client_count_max` clients, without connecting; NULL on failure.
//
// What the URL does not say about times is set to `timeout_milliseconds`. May ask the name servers.
session_mongo_pool *session_mongo_pool_open(
    const char *url,
    int32_t timeout_milliseconds,
    uint32_t client_count_max,
    session_mongo_error *error);

// Ends all connections. Nothing else may use the pool any more.
void session_mongo_pool_close(session_mongo_pool *pool);

// The database that the URL names, or NULL. Lives as long as the pool.
const char *session_mongo_pool_database(const session_mongo_pool *pool);

// The hosts and ports that the URL names, without credentials. Lives as long as the pool.
const char *session_mongo_pool_hosts(const session_mongo_pool *pool);

// What libmongoc or the server answered: BSON, possibly of no bytes. To be freed by the caller.
typedef struct {
    uint8_t *bytes;
    size_t byte_count;
} session_mongo_reply;

typedef struct {
    const uint8_t *bytes;
    size_t byte_count;
} session_mongo_document;

// Runs a command on the primary, and blocks until it is answered or given up. Thread-safe, for as
// many threads at once as there may be clients; one more waits.
//
// A command that writes gets the URL's write concern, one that reads the URL's read concern. One
// that reads, or finds and modifies, is sent once more after an outage; one that inserts, updates or
// deletes is not, so for one document there is `session_mongo_write`.
//
// Returns whether the server answered `ok`.
bool session_mongo_command(
    session_mongo_pool *pool,
    bool writes,
    const char *database,
    session_mongo_document command,
    session_mongo_reply *reply,
    session_mongo_error *error);

typedef enum {
    // Puts the document in, without a selector.
    SESSION_MONGO_INSERT,
    // Puts the document in place of the one that is selected, if there is one.
    SESSION_MONGO_REPLACE,
    // The same, and puts it in when there is none.
    SESSION_MONGO_UPSERT,
    // Changes the one that is selected as the document says.
    SESSION_MONGO_UPDATE,
    // Removes the one that is selected, without a document.
    SESSION_MONGO_REMOVE,
} session_mongo_change;

// Changes one document; as `session_mongo_command`, but sent once more after an outage where the
// server can tell that it was sent before.
bool session_mongo_write(
    session_mongo_pool *pool,
    session_mongo_change change,
    const char *database,
    const char *collection,
    session_mongo_document selector,
    session_mongo_document document,
    session_mongo_reply *reply,
    session_mongo_error *error);

// Frees what is in a reply.
void session_mongo_free(session_mongo_reply reply);

#endif
