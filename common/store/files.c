#include "store/files.h"

#include <mongoc/mongoc.h>
#include <stdlib.h>

struct ch_file {
    ch_store *store;
    mongoc_client_t *client;
    mongoc_database_t *database;
    mongoc_gridfs_bucket_t *bucket;
    mongoc_stream_t *stream;
};

static void end(ch_file *f)
{
    if (f->stream) mongoc_stream_destroy(f->stream);
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

/* An opened stream, or NULL with everything given back. */
static ch_file *opened(ch_file *f, bson_error_t *error)
{
    if (f->stream) return f;
    ch_store_failure(f->store, "gridfs", error);
    end(f);
    return NULL;
}

ch_file *ch_file_create(ch_store *s, ch_str id, ch_str name)
{
    bson_value_t v;
    bson_error_t error = {0};
    char title[256];
    ch_file *f = begin(s);
    if (!f) return NULL;
    set_id(&v, id);
    size_t n = name.n < sizeof title ? name.n : sizeof title - 1;
    if (n) memcpy(title, name.p, n);
    title[n] = 0;
    f->stream = mongoc_gridfs_bucket_open_upload_stream_with_id(f->bucket, &v, title, NULL, &error);
    return opened(f, &error);
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

ch_file *ch_file_open(ch_store *s, ch_str id)
{
    bson_value_t v;
    bson_error_t error = {0};
    ch_file *f = begin(s);
    if (!f) return NULL;
    set_id(&v, id);
    f->stream = mongoc_gridfs_bucket_open_download_stream(f->bucket, &v, &error);
    return opened(f, &error);
}

int64_t ch_file_read(ch_file *f, void *p, size_t n)
{
    return mongoc_stream_read(f->stream, p, n, 1, -1);
}

void ch_file_close(ch_file *f)
{
    end(f);
}

ch_err ch_file_delete(ch_store *s, ch_str id)
{
    bson_value_t v;
    bson_error_t error = {0};
    ch_file *f = begin(s);
    if (!f) return CH_UNAVAILABLE;
    set_id(&v, id);
    bool fine = mongoc_gridfs_bucket_delete_by_id(f->bucket, &v, &error);
    end(f);
    if (fine) return CH_OK;
    return error.domain == MONGOC_ERROR_GRIDFS ? CH_NOT_FOUND : ch_store_failure(s, "gridfs_delete", &error);
}
