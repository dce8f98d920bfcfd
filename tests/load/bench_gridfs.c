/*
 * The bench's peer for uploads: libmongoc's own GridFS, sending a file's bytes from memory, and nothing else. Prints the seconds that the
 * fastest of some took. usage: bench_gridfs uri database file times
 */
#include <mongoc/mongoc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static char *read_file(const char *path, size_t *n)
{
    struct stat about;
    FILE *f = fopen(path, "rb");
    if (!f || fstat(fileno(f), &about)) abort();
    char *bytes = malloc((size_t)about.st_size);
    if (!bytes) abort();
    *n = fread(bytes, 1, (size_t)about.st_size, f);
    fclose(f);
    return bytes;
}

/* The file goes again afterwards: the bench is run often. */
static double upload(mongoc_gridfs_bucket_t *bucket, char *bytes, size_t n)
{
    bson_error_t error;
    bson_value_t id;
    double began = seconds();
    mongoc_stream_t *s = mongoc_gridfs_bucket_open_upload_stream(bucket, "peer", NULL, &id, &error);
    if (!s || mongoc_stream_write(s, bytes, n, -1) != (ssize_t)n) abort();
    mongoc_stream_close(s);
    if (mongoc_gridfs_bucket_stream_error(s, &error)) abort();
    double took = seconds() - began;
    mongoc_stream_destroy(s);
    if (!mongoc_gridfs_bucket_delete_by_id(bucket, &id, &error)) abort();
    bson_value_destroy(&id);
    return took;
}

int main(int argc, char **argv)
{
    bson_error_t error;
    size_t n;
    if (argc != 5) return 2;
    mongoc_init();
    mongoc_client_t *client = mongoc_client_new(argv[1]);
    mongoc_database_t *database = client ? mongoc_client_get_database(client, argv[2]) : NULL;
    mongoc_gridfs_bucket_t *bucket = database ? mongoc_gridfs_bucket_new(database, NULL, NULL, &error) : NULL;
    if (!bucket) return 1;
    char *bytes = read_file(argv[3], &n);
    double best = 1e9;
    for (int i = 0; i < atoi(argv[4]); i++) {
        double took = upload(bucket, bytes, n);
        if (took < best) best = took;
    }
    printf("%.4f\n", best);
    free(bytes);
    mongoc_gridfs_bucket_destroy(bucket);
    mongoc_database_destroy(database);
    mongoc_client_destroy(client);
    mongoc_cleanup();
    return 0;
}
