/* The index as a file: written whole beside its place and renamed; a digest over all of it tells a damaged or foreign one. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"
#include "search/index.h"

static const char magic[16] = "commonhire-ix-1";
enum { DIGEST = 64 };

static void put(ch_buf *b, const void *p, size_t n)
{
    ch_buf_put(b, (ch_str){p, n});
}

static void put_u32(ch_buf *b, uint32_t v)
{
    put(b, &v, sizeof v);
}

static void put_str(ch_buf *b, ch_str s)
{
    put_u32(b, (uint32_t)s.n);
    ch_buf_put(b, s);
}

static void put_doc(ch_buf *b, const doc *d)
{
    put_str(b, d->id);
    put_str(b, d->blob);
    put(b, &d->version, sizeof d->version);
    put(b, &d->published, sizeof d->published);
    put(b, &d->closes, sizeof d->closes);
    put(b, &d->salary_max, sizeof d->salary_max);
    put(b, &d->patterns, sizeof d->patterns);
    put(b, d->facet, sizeof d->facet);
    put_u32(b, d->remote);
    put_str(b, (ch_str){(const char *)d->tokens, d->n_tokens * sizeof *d->tokens});
    put_str(b, (ch_str){(const char *)d->points, d->n_points * sizeof *d->points});
    put_str(b, (ch_str){(const char *)d->areas, d->n_areas * sizeof *d->areas});
}

static void put_index(ch_buf *b, const ch_search_index *x)
{
    put(b, &x->position, sizeof x->position);
    put_u32(b, x->dictionary.n);
    for (uint32_t i = 0; i < x->dictionary.n; i++) {
        put_str(b, x->terms[i].text);
        put_str(b, x->terms[i].word);
    }
    for (int f = 0; f < CH_FACETS; f++) {
        put_u32(b, x->facets[f].n);
        for (uint32_t i = 0; i < x->facets[f].n; i++) put_str(b, x->facets[f].p[i]);
    }
    put_u32(b, x->n_docs - x->n_dead);
    for (uint32_t i = 0; i < x->n_docs; i++)
        if (!x->docs[i].dead) put_doc(b, &x->docs[i]);
    uint32_t tombs = 0;
    for (uint32_t i = 0; i < x->ids.n; i++) tombs += x->known[i].slot == NO_SLOT;
    put_u32(b, tombs);
    for (uint32_t i = 0; i < x->ids.n; i++) {
        if (x->known[i].slot != NO_SLOT) continue;
        put_str(b, x->ids.p[i]);
        put(b, &x->known[i].version, sizeof x->known[i].version);
    }
}

static bool write_all(int fd, ch_str s)
{
    while (s.n) {
        ssize_t n = write(fd, s.p, s.n);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        s = ch_str_cut(s, (size_t)n);
    }
    return true;
}

ch_err ch_search_save(ch_search_index *x, const char *path)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_buf b = {0};
    char temporary[1024];
    pthread_rwlock_rdlock(&x->lock);
    put_index(&b, x);
    pthread_rwlock_unlock(&x->lock);
    snprintf(temporary, sizeof temporary, "%s.%d", path, (int)getpid());
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool fine = fd >= 0 && write_all(fd, (ch_str){magic, sizeof magic}) && write_all(fd, ch_digest(a, ch_buf_str(&b))) && write_all(fd, ch_buf_str(&b)) &&
                fsync(fd) == 0;
    if (fd >= 0) fine &= close(fd) == 0;
    ch_buf_free(&b);
    if (fine && rename(temporary, path) == 0) return CH_OK;
    unlink(temporary);
    return CH_INTERNAL;
}

/* ---- reading: every length is checked; one mistake and all of it is given up */

typedef struct reader {
    ch_str rest;
    bool broken;
} reader;

static void get(reader *r, void *to, size_t n)
{
    if (r->rest.n < n) {
        r->broken = true;
        memset(to, 0, n);
        return;
    }
    memcpy(to, r->rest.p, n);
    r->rest = ch_str_cut(r->rest, n);
}

static uint32_t get_u32(reader *r)
{
    uint32_t v;
    get(r, &v, sizeof v);
    return v;
}

static ch_str get_str(reader *r)
{
    uint32_t n = get_u32(r);
    if (r->broken || n > r->rest.n) {
        r->broken = true;
        return CH_STR("");
    }
    ch_str s = {r->rest.p, n};
    r->rest = ch_str_cut(r->rest, n);
    return s;
}

static void *get_array(reader *r, size_t size, uint32_t *n)
{
    ch_str s = get_str(r);
    if (s.n % size) r->broken = true;
    *n = (uint32_t)(s.n / size);
    void *p = malloc(s.n ? s.n : 1);
    if (!p) abort();
    memcpy(p, s.n ? s.p : "", s.n);
    return p;
}

static bool doc_sound(const ch_search_index *x, const doc *d)
{
    for (uint32_t i = 0; i < d->n_tokens; i++)
        if (d->tokens[i] < TOKEN_BREAK && d->tokens[i] >= x->dictionary.n) return false;
    for (int f = 0; f < CH_FACETS; f++)
        if (d->facet[f] > x->facets[f].n) return false;
    return true;
}

static void get_doc(reader *r, ch_search_index *x)
{
    uint32_t slot;
    bool added;
    ch_str id = get_str(r), blob = get_str(r);
    if (!id.n || id.n > 255) r->broken = true;
    if (r->broken) return;
    known *k = index_known(x, id, &added);
    doc *d = index_new_doc(x, &slot);
    if (!added) r->broken = true;
    char *copy = malloc(blob.n + 1);
    if (!copy) abort();
    memcpy(copy, blob.n ? blob.p : "", blob.n);
    d->blob = (ch_str){copy, blob.n};
    get(r, &d->version, sizeof d->version);
    get(r, &d->published, sizeof d->published);
    get(r, &d->closes, sizeof d->closes);
    get(r, &d->salary_max, sizeof d->salary_max);
    get(r, &d->patterns, sizeof d->patterns);
    get(r, d->facet, sizeof d->facet);
    d->remote = get_u32(r) != 0;
    d->tokens = get_array(r, sizeof *d->tokens, &d->n_tokens);
    d->points = get_array(r, sizeof *d->points, &d->n_points);
    d->areas = get_array(r, sizeof *d->areas, &d->n_areas);
    d->id = x->ids.p[k - x->known];
    d->id_hash = ch_hash(d->id);
    *k = (known){d->version, slot};
    if (!doc_sound(x, d)) r->broken = true;
    if (!r->broken) index_tokens(x, slot);
}

static void get_index(reader *r, ch_search_index *x)
{
    get(r, &x->position, sizeof x->position);
    for (uint32_t n = get_u32(r); n && !r->broken; n--) {
        ch_str text = get_str(r), word = get_str(r);
        uint32_t before = x->dictionary.n;
        if (!r->broken && index_term(x, text, word) != before) r->broken = true;
    }
    for (int f = 0; f < CH_FACETS; f++)
        for (uint32_t n = get_u32(r); n && !r->broken; n--) names_add(&x->facets[f], get_str(r), NULL);
    for (uint32_t n = get_u32(r); n && !r->broken; n--) get_doc(r, x);
    for (uint32_t n = get_u32(r); n && !r->broken; n--) {
        ch_str id = get_str(r);
        known *k = r->broken ? NULL : index_known(x, id, NULL);
        int64_t version;
        get(r, &version, sizeof version);
        if (k && k->slot == NO_SLOT) k->version = version;
    }
    if (r->rest.n) r->broken = true;
}

static char *read_file(const char *path, size_t *n)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return NULL;
    char *p = fstat(fd, &st) == 0 ? malloc((size_t)st.st_size + 1) : NULL;
    *n = 0;
    while (p && *n < (size_t)st.st_size) {
        ssize_t got = read(fd, p + *n, (size_t)st.st_size - *n);
        if (got <= 0) break;
        *n += (size_t)got;
    }
    close(fd);
    return p;
}

ch_err ch_search_load(const char *path, ch_search_index **out)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    size_t n;
    char *bytes = read_file(path, &n);
    if (!bytes) return CH_NOT_FOUND;
    ch_str body = {bytes + sizeof magic + DIGEST, n > sizeof magic + DIGEST ? n - sizeof magic - DIGEST : 0};
    reader r = {body, n <= sizeof magic + DIGEST || memcmp(bytes, magic, sizeof magic) != 0};
    if (!r.broken && !ch_str_eq(ch_digest(a, body), (ch_str){bytes + sizeof magic, DIGEST})) r.broken = true;
    ch_search_index *x = ch_search_open();
    if (!r.broken) get_index(&r, x);
    free(bytes);
    if (r.broken) {
        ch_search_close(x);
        return CH_MALFORMED;
    }
    *out = x;
    return CH_OK;
}
