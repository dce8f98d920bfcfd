#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bus/bus.h"
#include "data/bson.h"
#include "demo.h"

enum { BATCH = 500, BAR = 40 };

struct demo_sink {
    ch_store *store;
    const ch_collection *collection; /* NULL: a log */
    const char *producer;
    bson_t *docs[BATCH];
    size_t n;
};

static struct {
    size_t done, all, shown;
    int64_t began;
} progress;

void demo_die(const char *why)
{
    fprintf(stderr, "\n%s\n", why);
    exit(1);
}

void demo_expect(size_t documents)
{
    progress.all = documents ? documents : 1;
    progress.began = ch_ticks();
}

static void show(size_t now)
{
    static const char bar[] = "########################################";
    size_t done = now < progress.all ? now : progress.all;
    printf("\r    [%-*.*s] %zu of %zu, %lld s ", BAR, (int)(done * BAR / progress.all), bar, done, progress.all,
           (long long)((ch_ticks() - progress.began) / 1000000000));
    fflush(stdout);
}

static void advance(size_t n)
{
    size_t quarter = progress.all / 4 + 1;
    progress.done += n;
    if (isatty(STDOUT_FILENO)) show(progress.done);
    else if (progress.done / quarter > progress.shown) {
        progress.shown = progress.done / quarter;
        printf(" %zu %% …", progress.shown * 25);
        fflush(stdout);
    }
}

void demo_progress_end(void)
{
    if (!isatty(STDOUT_FILENO)) return;
    show(progress.all);
    printf("\n");
}

static demo_sink *sink_of(ch_store *s, const ch_collection *c, const char *producer)
{
    demo_sink *sink = calloc(1, sizeof *sink);
    if (!sink) abort();
    *sink = (demo_sink){.store = s, .collection = c, .producer = producer};
    return sink;
}

demo_sink *demo_sink_rows(ch_store *s, const ch_collection *c)
{
    if (ch_store_prepare(s, c)) demo_die("the document store cannot be reached: is MONGODB_URI right?");
    return sink_of(s, c, NULL);
}

demo_sink *demo_sink_events(ch_store *log, const char *producer) { return sink_of(log, NULL, producer); }

static ch_err write_out(demo_sink *s)
{
    const bson_t **docs = (const bson_t **)s->docs;
    return s->collection ? ch_store_bulk(s->store, s->collection, docs, s->n) : ch_bus_record(s->store, s->producer, docs, s->n);
}

void demo_flush(demo_sink *s)
{
    if (s->n && write_out(s)) demo_die("the document store refused a write; its log says why");
    for (size_t i = 0; i < s->n; i++) bson_destroy(s->docs[i]);
    advance(s->n);
    s->n = 0;
}

static void take(demo_sink *s, bson_t *doc)
{
    s->docs[s->n++] = doc;
    if (s->n == BATCH) demo_flush(s);
}

void demo_put(demo_sink *s, const void *row)
{
    bson_t *doc = bson_new();
    ch_bson_write(doc, s->collection->table, row);
    take(s, doc);
}

void demo_tell(demo_sink *s, const ch_outgoing *event, int64_t version, ch_time at)
{
    bson_t *doc = bson_new();
    ch_store_event(doc, event, event->aggregate, version, at);
    take(s, doc);
}
