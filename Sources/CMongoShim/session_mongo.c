#include "session_mongo.h"

#ifdef MONGO

#include <ctype.h>
#include <mongoc/mongoc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct session_mongo_pool {
    mongoc_client_pool_t *clients;
    mongoc_read_prefs_t *primary;
    char *database;
    char *hosts;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void initialize(void) {
    // Errors travel as errors; without a handler libmongoc says nothing on the standard error.
    mongoc_log_set_handler(NULL, NULL);
    mongoc_init();
}

static void fail(session_mongo_error *error, session_mongo_domain domain, const char *message) {
    error->domain = domain;
    error->code = 0;
    snprintf(error->message, sizeof error->message, "%s", message);
}

static session_mongo_domain domain_of(const bson_error_t *error) {
    switch (error->domain) {
    case MONGOC_ERROR_SERVER_SELECTION: return SESSION_MONGO_SELECTION;
    case MONGOC_ERROR_STREAM: return SESSION_MONGO_STREAM;
    case MONGOC_ERROR_SASL:
    case MONGOC_ERROR_SCRAM: return SESSION_MONGO_AUTHENTICATION;
    case MONGOC_ERROR_SERVER: return SESSION_MONGO_SERVER;
    case MONGOC_ERROR_WRITE_CONCERN: return SESSION_MONGO_WRITE_CONCERN;
    case MONGOC_ERROR_PROTOCOL:
    case MONGOC_ERROR_BSON: return SESSION_MONGO_PROTOCOL;
    case MONGOC_ERROR_CLIENT:
        switch (error->code) {
        case MONGOC_ERROR_CLIENT_AUTHENTICATE:
        case MONGOC_ERROR_CLIENT_GETNONCE: return SESSION_MONGO_AUTHENTICATION;
        case MONGOC_ERROR_CLIENT_TOO_BIG: return SESSION_MONGO_TOO_BIG;
        case MONGOC_ERROR_CLIENT_NOT_READY:
        case MONGOC_ERROR_CLIENT_NO_ACCEPTABLE_PEER: return SESSION_MONGO_STREAM;
        default: return SESSION_MONGO_LIBRARY;
        }
    default: return SESSION_MONGO_LIBRARY;
    }
}

static void translate(const bson_error_t *from, session_mongo_error *error) {
    error->domain = domain_of(from);
    error->code = from->code;
    snprintf(error->message, sizeof error->message, "%s", from->message);
}

static char *hosts_of(const mongoc_uri_t *uri) {
    const char *service = mongoc_uri_get_srv_hostname(uri);
    if (service) return bson_strdup(service);
    bson_string_t *text = bson_string_new(NULL);
    for (const mongoc_host_list_t *host = mongoc_uri_get_hosts(uri); host; host = host->next) {
        if (text->len > 0) bson_string_append(text, ",");
        bson_string_append(text, host->host_and_port);
    }
    return bson_string_free(text, false);
}

static void set_unless_given(mongoc_uri_t *uri, const char *option, int32_t value) {
    if (!mongoc_uri_has_option(uri, option)) mongoc_uri_set_option_as_int32(uri, option, value);
}

// Whether libmongoc reads an option of URLs, which it calls by several kinds.
static bool is_known(const char *option) {
    static const char *others[] = {
        MONGOC_URI_AUTHMECHANISM, MONGOC_URI_AUTHMECHANISMPROPERTIES, MONGOC_URI_AUTHSOURCE,
        MONGOC_URI_COMPRESSORS, MONGOC_URI_GSSAPISERVICENAME, MONGOC_URI_READCONCERNLEVEL,
        MONGOC_URI_READPREFERENCETAGS, MONGOC_URI_SLAVEOK, MONGOC_URI_W,
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcasecmp(option, others[i]) == 0) return true;
    }
    return mongoc_uri_option_is_int32(option) || mongoc_uri_option_is_int64(option) ||
        mongoc_uri_option_is_bool(option) || mongoc_uri_option_is_utf8(option);
}

// Fails with the name of an option that libmongoc would leave out with a warning to nobody.
static bool check_options(const char *url, session_mongo_error *error) {
    // Behind the credentials, in which a question mark may be part of a password.
    const char *scheme = strstr(url, "://");
    const char *authority = scheme ? scheme + 3 : url;
    const char *hosts = authority;
    for (size_t i = 0, end = strcspn(authority, "/"); i < end; i++) {
        if (authority[i] == '@') hosts = authority + i + 1;
    }
    const char *option = strchr(hosts, '?');
    while (option) {
        option++;
        size_t length = strcspn(option, "=&");
        char name[64] = "";
        if (length < sizeof name) memcpy(name, option, length);
        if (length > 0 && !is_known(name)) {
            // Only what can be a name, and no piece of a password that was not escaped.
            for (char *c = name; *c; c++) {
                if (!isalnum((unsigned char)*c)) name[0] = 0;
            }
            fail(error, SESSION_MONGO_URL, name);
            return false;
        }
        option = strchr(option, '&');
    }
    return true;
}

session_mongo_pool *session_mongo_pool_open(
    const char *url,
    int32_t timeout_milliseconds,
    uint32_t client_count_max,
    session_mongo_error *error) {
    pthread_once(&once, initialize);
    bson_error_t problem = {0};
    mongoc_uri_t *uri = mongoc_uri_new_with_error(url, &problem);
    if (!uri) {
        fail(error, SESSION_MONGO_URL, "");
        return NULL;
    }
    if (!check_options(url, error)) {
        mongoc_uri_destroy(uri);
        return NULL;
    }
    // A server that says nothing of what it did can't say whether somebody was faster.
    if (!mongoc_write_concern_is_acknowledged(mongoc_uri_get_write_concern(uri))) {
        fail(error, SESSION_MONGO_URL, "");
        mongoc_uri_destroy(uri);
        return NULL;
    }
    set_unless_given(uri, MONGOC_URI_SERVERSELECTIONTIMEOUTMS, timeout_milliseconds);
    set_unless_given(uri, MONGOC_URI_CONNECTTIMEOUTMS, timeout_milliseconds);
    set_unless_given(uri, MONGOC_URI_SOCKETTIMEOUTMS, timeout_milliseconds);
    // One host may be of a replica set, and not its primary: then the others are asked for. Without
    // this libmongoc reads from whoever it is.
    if (!mongoc_uri_has_option(uri, MONGOC_URI_DIRECTCONNECTION)) {
        mongoc_uri_set_option_as_bool(uri, MONGOC_URI_DIRECTCONNECTION, false);
    }
    if (!mongoc_uri_get_appname(uri)) mongoc_uri_set_appname(uri, "swift-session-store");
    mongoc_client_pool_t *clients = mongoc_client_pool_new_with_error(uri, &problem);
    if (!clients) {
        translate(&problem, error);
        if (error->domain == SESSION_MONGO_LIBRARY) fail(error, SESSION_MONGO_URL, "");
        mongoc_uri_destroy(uri);
        return NULL;
    }
    mongoc_client_pool_max_size(clients, client_count_max);
    mongoc_client_pool_set_error_api(clients, MONGOC_ERROR_API_VERSION_2);
    session_mongo_pool *pool = bson_malloc0(sizeof *pool);
    pool->clients = clients;
    // From the primary, whatever the URL says: a secondary may not know of the last write yet.
    pool->primary = mongoc_read_prefs_new(MONGOC_READ_PRIMARY);
    pool->database = bson_strdup(mongoc_uri_get_database(uri));
    pool->hosts = hosts_of(uri);
    mongoc_uri_destroy(uri);
    return pool;
}

void session_mongo_pool_close(session_mongo_pool *pool) {
    mongoc_client_pool_destroy(pool->clients);
    mongoc_read_prefs_destroy(pool->primary);
    bson_free(pool->database);
    bson_free(pool->hosts);
    bson_free(pool);
}

const char *session_mongo_pool_database(const session_mongo_pool *pool) { return pool->database; }

const char *session_mongo_pool_hosts(const session_mongo_pool *pool) { return pool->hosts; }

// A client of the pool, or NULL with an error.
static mongoc_client_t *take_client(session_mongo_pool *pool, session_mongo_error *error) {
    mongoc_client_t *client = mongoc_client_pool_pop(pool->clients);
    if (!client) {
        fail(error, SESSION_MONGO_SELECTION, "no connection of the pool was free in time");
    }
    return client;
}

static bool view(session_mongo_document bytes, bson_t *document, session_mongo_error *error) {
    if (bson_init_static(document, bytes.bytes, bytes.byte_count)) return true;
    fail(error, SESSION_MONGO_PROTOCOL, "");
    return false;
}

static void hand_over(bson_t *answer, session_mongo_reply *reply) {
    uint32_t byte_count = 0;
    reply->bytes = bson_destroy_with_steal(answer, true, &byte_count);
    reply->byte_count = byte_count;
}

bool session_mongo_command(
    session_mongo_pool *pool,
    bool writes,
    const char *database,
    session_mongo_document command,
    session_mongo_reply *reply,
    session_mongo_error *error) {
    *reply = (session_mongo_reply){0};
    bson_t document;
    if (!view(command, &document, error)) return false;
    mongoc_client_t *client = take_client(pool, error);
    if (!client) return false;
    bson_t answer;
    bson_error_t problem = {0};
    bool is_ok = writes
        ? mongoc_client_write_command_with_opts(
              client, database, &document, NULL, &answer, &problem)
        : mongoc_client_read_command_with_opts(
              client, database, &document, pool->primary, NULL, &answer, &problem);
    mongoc_client_pool_push(pool->clients, client);
    hand_over(&answer, reply);
    if (!is_ok) translate(&problem, error);
    return is_ok;
}

bool session_mongo_write(
    session_mongo_pool *pool,
    session_mongo_change change,
    const char *database,
    const char *collection_name,
    session_mongo_document selector,
    session_mongo_document document,
    session_mongo_reply *reply,
    session_mongo_error *error) {
    *reply = (session_mongo_reply){0};
    bson_t selected, new;
    if (change != SESSION_MONGO_INSERT && !view(selector, &selected, error)) return false;
    if (change != SESSION_MONGO_REMOVE && !view(document, &new, error)) return false;
    mongoc_client_t *client = take_client(pool, error);
    if (!client) return false;
    mongoc_collection_t *collection = mongoc_client_get_collection(client, database, collection_name);
    // Without checks of our own documents, which would refuse names with dots and empty ones.
    bson_t *options = BCON_NEW("validate", BCON_BOOL(false));
    bson_t answer;
    bson_error_t problem = {0};
    bool is_ok = false;
    switch (change) {
    case SESSION_MONGO_INSERT:
        is_ok = mongoc_collection_insert_one(collection, &new, options, &answer, &problem);
        break;
    case SESSION_MONGO_UPSERT: bson_append_bool(options, "upsert", -1, true); // fall through
    case SESSION_MONGO_REPLACE:
        is_ok =
            mongoc_collection_replace_one(collection, &selected, &new, options, &answer, &problem);
        break;
    case SESSION_MONGO_UPDATE:
        is_ok =
            mongoc_collection_update_one(collection, &selected, &new, options, &answer, &problem);
        break;
    case SESSION_MONGO_REMOVE:
        is_ok = mongoc_collection_delete_one(collection, &selected, NULL, &answer, &problem);
        break;
    }
    bson_destroy(options);
    mongoc_collection_destroy(collection);
    mongoc_client_pool_push(pool->clients, client);
    hand_over(&answer, reply);
    if (!is_ok) translate(&problem, error);
    return is_ok;
}

void session_mongo_free(session_mongo_reply reply) { bson_free(reply.bytes); }

#else

// A translation unit has to declare something.
typedef int session_mongo_is_not_built;

#endif
