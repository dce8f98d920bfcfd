#include "store/files.h"

#include <mongoc/mongoc.h>
#include <stdlib.h>

struct ch_file {
    ch_store *store;
    mongoc_client_t *client;
    mongoc_database_t *database;
    mongoc_gridfs_bucket_t *bucket;
    mongoc_stream_t *stream;     /* writing */
    mongoc_collection_t *chunks; /* reading */
    mongoc_cursor_t *cursor;
    const uint8_t *piece; /* of the chunk that the cursor stands on */
    uint32_t piece_left;
    int64_t left; /* of the file */
};

static void end(ch_file *f)
{
    if (f->stream) mongoc_stream_destroy(f->stream);
    if (f->cursor) mongoc_cursor_destroy(f->cursor);
    if (f->chunks) mongoc_collection_destroy(f->chunks);
    if (f->bucket) mongoc_gridfs_bucket_destroy(f->bucket);
    if (f->database) mongoc_database_destroy(f->database);
    mongoc_client_pool_push(ch_store_pool(f->store), f->client);
    free(f);
}

static ch_file *begin(ch_store *s)
{
    bson_error_t error;
    if (ch_store_breaker_open(s)) return NULL;
    ch_file *f = calloc(1, sizeof *f);
    if (!f) abort();
    f->store = s;
    f->client = mongoc_client_pool_pop(ch_store_pool(s));
    f->database = mongoc_client_get_database(f->client, ch_store_database(s));
    f->bucket = mongoc_gridfs_bucket_new(f->database, NULL, NULL, &error);
    if (f->bucket) return f;
    ch_store_failure(s, "gridfs", &error);
    end(f);
    return NULL;
}

static void set_id(bson_value_t *v, ch_str id)
{
    v->value_type = BSON_TYPE_UTF8;
    v->value.v_utf8.str = (char *)(uintptr_t)id.p;
    v->value.v_utf8.len = (uint32_t)id.n;
}

static ch_file *refused(ch_file *f, const bson_error_t *error)
{
    if (error->code) ch_store_failure(f->store, "gridfs", error);
    end(f);
    return NULL;
}

/* The file's length, or -1 when there is none of that id (or the store did not say: then *error). */
static int64_t length_of(ch_file *f, ch_str id, bson_error_t *error)
{
    bson_t filter = BSON_INITIALIZER;
    const bson_t *doc;
    bson_iter_t it;
    int64_t length = -1;
    bson_append_utf8(&filter, "_id", -1, id.p, (int)id.n);
    mongoc_cursor_t *found = mongoc_gridfs_bucket_find(f->bucket, &filter, NULL);
    if (mongoc_cursor_next(found, &doc) && bson_iter_init_find(&it, doc, "length")) length = bson_iter_as_int64(&it);
    mongoc_cursor_error(found, error);
    mongoc_cursor_destroy(found);
    bson_destroy(&filter);
    return length;
}

ch_file *ch_file_create(ch_store *s, ch_str id, ch_str name)
{
    bson_value_t v;
    bson_error_t error = {0};
    char title[256];
    ch_file *f = begin(s);
    if (!f) return NULL;
    set_id(&v, id);
    if (length_of(f, id, &error) >= 0 || error.code) return refused(f, &error);
    size_t n = name.n < sizeof title ? name.n : sizeof title - 1;
    if (n) memcpy(title, name.p, n);
    title[n] = 0;
    f->stream = mongoc_gridfs_bucket_open_upload_stream_with_id(f->bucket, &v, title, NULL, &error);
    return f->stream ? f : refused(f, &error);
}

ch_err ch_file_write(ch_file *f, const void *p, size_t n)
{
    bson_error_t error = {0};
    if (n == 0) return CH_OK;
    ssize_t written = mongoc_stream_write(f->stream, (void *)(uintptr_t)p, n, -1);
    if (written == (ssize_t)n) return CH_OK;
    mongoc_gridfs_bucket_stream_error(f->stream, &error);
    return ch_store_failure(f->store, "gridfs_write", &error);
}

ch_err ch_file_commit(ch_file *f)
{
    bson_error_t error = {0};
    ch_store *s = f->store;
    mongoc_stream_close(f->stream);
    bool failed = mongoc_gridfs_bucket_stream_error(f->stream, &error);
    end(f);
    return failed ? ch_store_failure(s, "gridfs_commit", &error) : CH_OK;
}

void ch_file_abort(ch_file *f)
{
    mongoc_gridfs_bucket_abort_upload(f->stream);
    end(f);
}

/* libmongoc's own download asks for the first hundred chunks at once, and so for 16 MB of memory: here it is four. */
static mongoc_cursor_t *find_chunks(const ch_file *f, ch_str id)
{
    bson_t filter = BSON_INITIALIZER, *options = BCON_NEW("sort", "{", "n", BCON_INT32(1), "}", "batchSize", BCON_INT32(4));
    bson_append_utf8(&filter, "files_id", -1, id.p, (int)id.n);
    mongoc_cursor_t *found = mongoc_collection_find_with_opts(f->chunks, &filter, options, NULL);
    bson_destroy(&filter);
    bson_destroy(options);
    return found;
}

ch_file *ch_file_open(ch_store *s, ch_str id)
{
    bson_error_t error = {0};
    ch_file *f = begin(s);
    if (!f) return NULL;
    f->left = length_of(f, id, &error);
    if (f->left < 0) return refused(f, &error);
    f->chunks = mongoc_client_get_collection(f->client, ch_store_database(s), "fs.chunks");
    f->cursor = find_chunks(f, id);
    return f;
}

/* False: there are fewer chunks than the file is long, or the store is away. */
static bool next_piece(ch_file *f)
{
    const bson_t *doc;
    bson_iter_t it;
    bson_subtype_t kind;
    bson_error_t error;
    if (!mongoc_cursor_next(f->cursor, &doc) || !bson_iter_init_find(&it, doc, "data") || !BSON_ITER_HOLDS_BINARY(&it)) {
        if (mongoc_cursor_error(f->cursor, &error)) ch_store_failure(f->store, "gridfs_read", &error);
        return false;
    }
    bson_iter_binary(&it, &kind, &f->piece_left, &f->piece);
    return f->piece_left > 0;
}

int64_t ch_file_read(ch_file *f, void *p, size_t n)
{
    if (!f->left) return 0;
    if (!f->piece_left && !next_piece(f)) return -1;
    size_t some = n < f->piece_left ? n : f->piece_left;
    if ((int64_t)some > f->left) return -1;
    memcpy(p, f->piece, some);
    f->piece += some;
    f->piece_left -= (uint32_t)some;
    f->left -= (int64_t)some;
    return (int64_t)some;
}

void ch_file_close(ch_file *f) { end(f); }

/* How many were deleted; -1: *error. */
static int64_t delete_all(ch_file *f, const char *name, const char *key, ch_str id, bson_error_t *error)
{
    bson_t filter = BSON_INITIALIZER, reply;
    bson_iter_t it;
    int64_t n = -1;
    mongoc_collection_t *c = mongoc_client_get_collection(f->client, ch_store_database(f->store), name);
    bson_append_utf8(&filter, key, -1, id.p, (int)id.n);
    if (mongoc_collection_delete_many(c, &filter, NULL, &reply, error))
        n = bson_iter_init_find(&it, &reply, "deletedCount") ? bson_iter_as_int64(&it) : 0;
    bson_destroy(&reply);
    bson_destroy(&filter);
    mongoc_collection_destroy(c);
    return n;
}

/* libmongoc's own leaves the chunks of a file whose entry is missing. */
ch_err ch_file_delete(ch_store *s, ch_str id)
{
    bson_error_t error = {0};
    ch_file *f = begin(s);
    if (!f) return CH_UNAVAILABLE;
    int64_t entries = delete_all(f, "fs.files", "_id", id, &error);
    int64_t chunks = entries < 0 ? -1 : delete_all(f, "fs.chunks", "files_id", id, &error);
    end(f);
    if (chunks < 0) return ch_store_failure(s, "gridfs_delete", &error);
    return entries || chunks ? CH_OK : CH_NOT_FOUND;
}

/* By the first chunk of each, which every file has, with an entry or without. */
static mongoc_cursor_t *find_first_chunks(const ch_file *f, ch_str after, ch_str before, int64_t most)
{
    bson_t filter = BSON_INITIALIZER, between,
           *options =
               BCON_NEW("sort", "{", "files_id", BCON_INT32(1), "}", "projection", "{", "files_id", BCON_INT32(1), "}", "limit", BCON_INT64(most));
    BSON_APPEND_DOCUMENT_BEGIN(&filter, "files_id", &between);
    bson_append_utf8(&between, "$gt", -1, after.p, (int)after.n);
    bson_append_utf8(&between, "$lt", -1, before.p, (int)before.n);
    bson_append_document_end(&filter, &between);
    BSON_APPEND_INT32(&filter, "n", 0);
    mongoc_cursor_t *found = mongoc_collection_find_with_opts(f->chunks, &filter, options, NULL);
    bson_destroy(&filter);
    bson_destroy(options);
    return found;
}

ch_err ch_file_ids(ch_store *s, ch_str after, ch_str before, int64_t most, ch_arena *a, ch_list *out)
{
    const bson_t *doc;
    bson_iter_t it;
    bson_error_t error;
    ch_file *f = begin(s);
    if (!f) return CH_UNAVAILABLE;
    f->chunks = mongoc_client_get_collection(f->client, ch_store_database(s), "fs.chunks");
    f->cursor = find_first_chunks(f, after, before, most);
    *out = (ch_list){CH_NEW_N(a, ch_str, (size_t)most), 0};
    while (out->n < (size_t)most && mongoc_cursor_next(f->cursor, &doc))
        if (bson_iter_init_find(&it, doc, "files_id") && BSON_ITER_HOLDS_UTF8(&it))
            ((ch_str *)out->p)[out->n++] = ch_arena_str(a, ch_str_of(bson_iter_utf8(&it, NULL)));
    bool failed = mongoc_cursor_error(f->cursor, &error);
    end(f);
    return failed ? ch_store_failure(s, "gridfs_ids", &error) : CH_OK;
}
