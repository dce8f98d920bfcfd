#include "vacancies/search_index.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/log.h"
#include "data/json.h"
#include "vacancies/search_cache.h"
#include "vacancies/vacancy.h"
#include "vacancies/vacancy_store.h"

enum { POLL_MS = 500, OVERLAP_MS = 60000, BATCH = 1000, AT_ONCE = 2000, SAVE_EVERY_MS = 300000, BUILD_THREADS = 2 };

struct search_index {
    ch_app *app;
    ch_search_index *index;
    search_cache *cache;
    char path[512];
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool woken;
    atomic_bool ready, stopping;
    ch_time position; /* the latest changed_at seen */
    uint64_t saved_changes;
};

/* ---- building */

/* What was read last, on its way into the index. */
typedef struct batch {
    search_index *s;
    ch_arena *arena;
    ch_search_doc *docs;
    size_t n;
} batch;

/* One batch goes into the index while the store sends the next. */
typedef struct building {
    search_index *s;
    batch batches[2], *filling;
    pthread_t crew;
    bool at_work;
} building;

static void begin_batch(building *b, batch *in)
{
    b->filling = in;
    in->s = b->s;
    ch_arena_reset(in->arena);
    in->docs = CH_NEW_N(in->arena, ch_search_doc, BATCH);
    in->n = 0;
}

static void *put_batch(void *p)
{
    batch *in = p;
    ch_search_put_many(in->s->index, in->docs, in->n, BUILD_THREADS);
    return NULL;
}

static void wait_for_crew(building *b)
{
    if (b->at_work) pthread_join(b->crew, NULL);
    b->at_work = false;
}

static void hand_over(building *b)
{
    wait_for_crew(b);
    b->at_work = true;
    if (pthread_create(&b->crew, NULL, put_batch, b->filling)) abort();
    begin_batch(b, b->filling == b->batches ? b->batches + 1 : b->batches);
}

static void derive_url(const ch_app *app, ch_arena *a, vacancy *v)
{
    v->url = ch_arena_printf(a, "%.*s/jobs/%.*s", CH_ARG(app->settings.public_url), CH_ARG(v->reference));
}

static bool build_one(void *p, const bson_t *doc)
{
    building *b = p;
    batch *in = b->filling;
    vacancy v;
    vacancy_read(in->arena, doc, &v);
    derive_url(b->s->app, in->arena, &v);
    vacancy_search_doc(in->arena, &v, &in->docs[in->n++]);
    if (v.changed_at > b->s->position) b->s->position = v.changed_at;
    if (in->n == BATCH) hand_over(b);
    return !b->s->stopping;
}

static bool build(search_index *s)
{
    building b = {.s = s, .batches = {{.arena = ch_arena_new(1 << 20)}, {.arena = ch_arena_new(1 << 20)}}};
    ch_time began = ch_now();
    begin_batch(&b, b.batches);
    ch_err e = vacancy_each_public(s->app, began, build_one, &b);
    hand_over(&b);
    wait_for_crew(&b);
    ch_search_maintain(s->index); /* what is sealed is found faster */
    for (int i = 0; i < 2; i++) ch_arena_free(b.batches[i].arena);
    /* Part by part is not at one moment: whatever changed since the beginning is asked for again. */
    if (s->position > began) s->position = began;
    if (e) return false;
    ch_search_stats stats;
    ch_search_get_stats(s->index, &stats);
    CH_LOG(CH_INFO, "index_built", CH_KI("vacancies", stats.vacancies), CH_KI("ms", ch_now() - began));
    return true;
}

static bool load(search_index *s)
{
    ch_search_index *loaded;
    ch_time began = ch_now();
    ch_err e = *s->path ? ch_search_load(s->path, &loaded) : CH_NOT_FOUND;
    if (e == CH_MALFORMED) CH_LOG(CH_WARN, "index_file_damaged");
    if (e) return false;
    ch_search_close(s->index);
    s->index = loaded;
    s->position = ch_search_position(loaded);
    CH_LOG(CH_INFO, "index_loaded", CH_KI("ms", ch_now() - began));
    return true;
}

/* ---- keeping current */

typedef struct following {
    search_index *s;
    ch_time latest, last; /* the latest change of all; of this answer */
    int64_t n;
} following;

/* Rows of the overlap come again; only what changes an answer is told to the cache. */
static void apply(search_index *s, ch_arena *a, vacancy *v)
{
    ch_search_hit there;
    ch_search_doc doc;
    bool known = ch_search_get(s->index, v->id, a, &there) == CH_OK, open = ch_str_is(v->state, "published");
    if (ch_str_is(v->state, "draft") || (known && there.version >= v->version)) return;
    if (!open && !known) {
        ch_search_remove(s->index, v->id, v->version); /* nobody finds it: a tombstone */
        return;
    }
    if (open) {
        derive_url(s->app, a, v);
        vacancy_search_doc(a, v, &doc);
    }
    search_cache_change(s->cache);
    if (open) ch_search_put(s->index, &doc);
    else ch_search_remove(s->index, v->id, v->version);
    search_cache_changed(s->cache);
}

static bool apply_one(void *p, const bson_t *doc)
{
    following *f = p;
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(16 << 10);
    vacancy v;
    vacancy_read(a, doc, &v);
    f->n++;
    f->last = v.changed_at;
    if (v.changed_at > f->latest) f->latest = v.changed_at;
    apply(f->s, a, &v);
    return !f->s->stopping;
}

/* The overlap comes again each time; then on from what came last, as long as there is more than one answer brings. */
static bool follow(search_index *s)
{
    int64_t limit = AT_ONCE;
    for (ch_time since = s->position - OVERLAP_MS;;) {
        following f = {.s = s, .latest = s->position};
        if (vacancy_each_changed(s->app, since, limit, apply_one, &f)) return false;
        s->position = f.latest;
        if (f.n < limit || s->stopping) return true;
        if (f.last <= since) limit *= 2; /* all of one moment */
        since = f.last;
    }
}

static void save(search_index *s)
{
    ch_search_stats stats;
    ch_search_get_stats(s->index, &stats);
    if (!*s->path || !s->ready || stats.changes == s->saved_changes) return;
    s->saved_changes = stats.changes;
    ch_search_set_position(s->index, s->position);
    if (ch_search_save(s->index, s->path)) CH_LOG(CH_WARN, "index_not_saved");
}

static void wait_for_wake(search_index *s)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += POLL_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&s->lock);
    while (!s->woken && !s->stopping)
        if (pthread_cond_timedwait(&s->wake, &s->lock, &until)) break;
    s->woken = false;
    pthread_mutex_unlock(&s->lock);
}

static void woken(void *p, ch_str message)
{
    search_index *s = p;
    if (!ch_str_is(message, "vacancies")) return;
    pthread_mutex_lock(&s->lock);
    s->woken = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
}

static void *run(void *p)
{
    search_index *s = p;
    ch_time saved_at = ch_now();
    bool there = load(s);
    while (!there && !s->stopping && !(there = build(s))) wait_for_wake(s);
    while (!s->stopping && !s->ready) {
        s->ready = follow(s);
        if (!s->ready) wait_for_wake(s);
    }
    while (!s->stopping) {
        wait_for_wake(s);
        follow(s);
        if (ch_now() - saved_at > SAVE_EVERY_MS) {
            ch_search_maintain(s->index);
            save(s);
            saved_at = ch_now();
        }
    }
    save(s);
    return NULL;
}

static ch_time closes_at(ch_arena *a, ch_str blob)
{
    vacancy v = {0};
    ch_json_read_own(a, blob, &vacancy_summary_table, &v);
    return v.closes_at;
}

search_index *search_index_start(ch_app *app, ch_str dir, size_t kept)
{
    search_index *s = calloc(1, sizeof *s);
    if (!s) abort();
    s->app = app;
    s->index = ch_search_open();
    s->cache = search_cache_new(kept, closes_at);
    if (dir.n) {
        snprintf(s->path, sizeof s->path, "%.*s", CH_ARG(dir));
        mkdir(s->path, 0700);
        snprintf(s->path, sizeof s->path, "%.*s/vacancies.idx", CH_ARG(dir));
    }
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->wake, NULL);
    if (pthread_create(&s->thread, NULL, run, s)) abort();
    ch_redis_subscribe(app->redis, "bus", woken, s);
    return s;
}

bool search_index_ready(const search_index *s) { return s->ready; }

ch_search_index *search_index_get(search_index *s) { return s->index; }

ch_err search_index_run(search_index *s, const ch_search_query *q, ch_arena *a, ch_search_result *out)
{
    return search_cache_run(s->cache, s->index, q, a, out);
}

void search_index_stop(search_index *s)
{
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
}

void search_index_metrics(search_index *s, ch_buf *out)
{
    ch_search_stats stats;
    search_cache_counts kept;
    ch_search_get_stats(s->index, &stats);
    search_cache_count(s->cache, &kept);
    ch_buf_printf(out, "# TYPE search_vacancies gauge\nsearch_vacancies %llu\nsearch_index_bytes %llu\n", (unsigned long long)stats.vacancies,
                  (unsigned long long)(stats.index_bytes + stats.token_bytes + stats.blob_bytes));
    ch_buf_printf(out, "# TYPE search_answers_kept_bytes gauge\nsearch_answers_kept_bytes %llu\n", (unsigned long long)kept.bytes);
    ch_buf_printf(out, "# TYPE search_answers_total counter\nsearch_answers_total{from=\"kept\"} %llu\nsearch_answers_total{from=\"index\"} %llu\n",
                  (unsigned long long)kept.hits, (unsigned long long)kept.misses);
}
