/*
 * Groonga as its documentation sets it up: columns first, data by `load`, index columns after it (static construction),
 * one multi-section index with positions over the text (tokens between spaces: TokenDelimit), codes as references to
 * key tables with an index, places as a vector of WGS84GeoPoint with a geo index. One `select` a query, in process;
 * facets by drilldowns, those with their own filter left out as slices of the same result. Its spherical approximation
 * takes another radius of the Earth, so the query's radius is scaled by the ratio of the two.
 */
#include <groonga.h>
#include <stdarg.h>

#include "../tokens.h"

#define EARTH_M   6371008.8
#define GROONGA_M 6357303.0
static const char *const tables[F_FACETS] = {"Sectors", "StaffGroups", "PayBands", "ContractTypes", "WorkingPatterns"};
static const char *const fields[T_FIELDS] = {"title", "employer", "summary", "description", "criteria"};

typedef struct text {
    char *p;
    size_t n, cap;
} text;

__attribute__((format(printf, 2, 3))) static void say(text *t, const char *format, ...)
{
    for (;;) {
        va_list args;
        va_start(args, format);
        int n = vsnprintf(t->p + t->n, t->cap - t->n, format, args);
        va_end(args);
        if (n < 0) abort();
        if (t->n + (size_t)n < t->cap) {
            t->n += (size_t)n;
            return;
        }
        t->cap = 2 * t->cap + (size_t)n + 256;
        t->p = realloc(t->p, t->cap);
        if (!t->p) abort();
    }
}

/* The answer lives until the next command. */
static char *send(grn_ctx *ctx, const char *command, size_t n, unsigned *size)
{
    static __thread char *answer; /* not on the stack, or gcc 12 takes what it points to for a local */
    int flags = 0;
    grn_ctx_send(ctx, command, (unsigned)n, 0);
    grn_ctx_recv(ctx, &answer, size, &flags);
    if (ctx->rc) harness_die(ctx->errbuf);
    return answer;
}

static void tell(grn_ctx *ctx, const char *command)
{
    unsigned size;
    send(ctx, command, strlen(command), &size);
}

static void start(void)
{
    grn_default_logger_set_max_level(GRN_LOG_NONE);
    if (grn_init()) harness_die("groonga does not start");
}

static char *file_of(const char *dir)
{
    char *path = NULL;
    if (asprintf(&path, "%s/db", dir) < 0) abort();
    return path;
}

/* ---- building */

static void put_row(text *t, const token_doc *d)
{
    t->n = 0;
    say(t, "{");
    for (int f = 0; f < T_FIELDS; f++) say(t, "\"%s\":\"%s\",", fields[f], d->fields[f]);
    for (int f = 0; f < F_PATTERN; f++) say(t, "\"%s\":\"%s\",", harness_facets[f], d->codes[f]);
    say(t, "\"working_pattern\":[");
    for (size_t i = 0; i < d->n_patterns; i++) say(t, "%s\"%s\"", i ? "," : "", d->patterns[i]);
    say(t, "],\"places\":[");
    for (size_t i = 0; i < d->n_points; i++) say(t, "%s\"%.6fx%.6f\"", i ? "," : "", d->lat[i], d->lon[i]);
    say(t, "],\"salary\":%lld,\"published\":%lld,\"closes\":%lld}", (long long)d->salary, (long long)d->published, (long long)d->closes);
}

static void make_columns(grn_ctx *ctx)
{
    char command[256];
    tell(ctx, "table_create Vacancies TABLE_NO_KEY");
    for (int f = 0; f < F_FACETS; f++) {
        snprintf(command, sizeof command, "table_create %s TABLE_HASH_KEY ShortText", tables[f]);
        tell(ctx, command);
        snprintf(command, sizeof command, "column_create Vacancies %s %s %s", harness_facets[f], f == F_PATTERN ? "COLUMN_VECTOR" : "COLUMN_SCALAR",
                 tables[f]);
        tell(ctx, command);
    }
    for (int f = 0; f < T_FIELDS; f++) {
        snprintf(command, sizeof command, "column_create Vacancies %s COLUMN_SCALAR Text", fields[f]);
        tell(ctx, command);
    }
    tell(ctx, "column_create Vacancies places COLUMN_VECTOR WGS84GeoPoint");
    tell(ctx, "column_create Vacancies salary COLUMN_SCALAR Int64");
    tell(ctx, "column_create Vacancies published COLUMN_SCALAR Int64");
    tell(ctx, "column_create Vacancies closes COLUMN_SCALAR Int64");
}

static void make_indexes(grn_ctx *ctx)
{
    char command[256];
    tell(ctx, harness_own() ? "table_create Terms TABLE_PAT_KEY ShortText --default_tokenizer TokenBigram --normalizer NormalizerAuto"
                            : "table_create Terms TABLE_PAT_KEY ShortText --default_tokenizer TokenDelimit");
    tell(ctx, "column_create Terms text COLUMN_INDEX|WITH_POSITION|WITH_SECTION Vacancies title,employer,summary,description,criteria");
    tell(ctx, "table_create Points TABLE_PAT_KEY WGS84GeoPoint");
    tell(ctx, "column_create Points places COLUMN_INDEX Vacancies places");
    for (int f = 0; f < F_FACETS; f++) {
        snprintf(command, sizeof command, "column_create %s vacancies COLUMN_INDEX Vacancies %s", tables[f], harness_facets[f]);
        tell(ctx, command);
    }
}

static void build(const char *corpus, const char *dir)
{
    text row = {0};
    char *buf = NULL, *line;
    size_t cap = 0;
    unsigned size;
    FILE *f = harness_file(corpus, "r");
    start();
    grn_ctx *ctx = grn_ctx_open(0);
    int64_t from = harness_now();
    if (!grn_db_create(ctx, file_of(dir), NULL)) harness_die("no database");
    make_columns(ctx);
    tell(ctx, "load --table Vacancies");
    tell(ctx, "[");
    for (bool first = true; (line = harness_line(f, &buf, &cap)); first = false) {
        token_doc d;
        token_parse(line, &d);
        put_row(&row, &d);
        if (!first) send(ctx, ",", 1, &size);
        send(ctx, row.p, row.n, &size);
    }
    tell(ctx, "]");
    make_indexes(ctx);
    printf("build %.3f 0\n", (double)(harness_now() - from) / 1e9);
    grn_obj_close(ctx, grn_ctx_db(ctx));
    grn_ctx_close(ctx);
}

/* ---- queries */

typedef struct reader {
    grn_ctx *ctx;
    text command;
} reader;

static void *open_index(const char *dir)
{
    start();
    grn_ctx *ctx = grn_ctx_open(0);
    grn_obj *db = grn_db_open(ctx, file_of(dir));
    if (!db) harness_die("no database");
    return db;
}

static void *open_reader(void *db)
{
    reader *r = calloc(1, sizeof *r);
    if (!r) abort();
    r->ctx = grn_ctx_open(0);
    grn_ctx_use(r->ctx, db);
    tell(r->ctx, "cache_limit 0"); /* each query is worked out */
    return r;
}

static void say_filters(text *t, const harness_query *q, int left_out)
{
    for (int f = 0; f < F_FACETS; f++) {
        if (f == left_out || !q->n_codes[f]) continue;
        if (q->n_codes[f] == 1) {
            say(t, "%s @ \\\"%s\\\" && ", harness_facets[f], q->codes[f][0]);
            continue;
        }
        say(t, "in_values(%s", harness_facets[f]);
        for (size_t i = 0; i < q->n_codes[f]; i++) say(t, ", \\\"%s\\\"", q->codes[f][i]);
        say(t, ") && ");
    }
}

static void say_drilldown(text *t, const char *prefix, int f)
{
    say(t, " --%sdrilldowns[%s].keys %s --%sdrilldowns[%s].limit -1 --%sdrilldowns[%s].output_columns _key,_nsubrecs", prefix, harness_facets[f],
        harness_facets[f], prefix, harness_facets[f], prefix, harness_facets[f]);
}

static const char *sort_of(const harness_query *q) { return q->n_words ? "-_score" : "-published"; }

/* Every slice is taken from the one result of text, place, time and pay. */
static void say_slices(text *t, const harness_query *q)
{
    say(t,
        " --limit 0 --output_columns _id --slices[all].sort_keys %s --slices[all].limit %d --slices[all].output_columns _id,_score --slices[all].filter \"",
        sort_of(q), HARNESS_TOP);
    say_filters(t, q, -1);
    say(t, "true\"");
    for (int f = 0; f < F_FACETS; f++)
        if (!q->n_codes[f]) say_drilldown(t, "slices[all].", f);
    for (int f = 0; f < F_FACETS; f++) {
        char prefix[32];
        if (!q->n_codes[f]) continue;
        snprintf(prefix, sizeof prefix, "slices[s%d].", f);
        say(t, " --%slimit 0 --%soutput_columns _id --%sfilter \"", prefix, prefix, prefix);
        say_filters(t, q, f);
        say(t, "true\"");
        say_drilldown(t, prefix, f);
    }
}

static void say_command(text *t, const harness_query *q)
{
    t->n = 0;
    say(t, "select Vacancies --command_version 3 --cache no");
    if (q->n_words) {
        say(t, " --match_columns Terms.text --query \"%s", q->quoted ? "\\\"" : "");
        for (size_t i = 0; i < q->n_words; i++) say(t, "%s%s", i ? " " : "", q->words[i]);
        say(t, "%s\"", q->quoted ? "\\\"" : "");
    }
    say(t, " --filter \"");
    if (!q->facets) say_filters(t, q, -1);
    if (q->radius > 0) say(t, "geo_in_circle(places, \\\"%.6fx%.6f\\\", %.3f, \\\"sphere\\\") && ", q->lat, q->lon, q->radius * GROONGA_M / EARTH_M);
    if (q->salary) say(t, "salary >= %lld && ", q->salary);
    say(t, "closes > %lld\"", q->now);
    if (q->facets) say_slices(t, q);
    else say(t, " --sort_keys %s --limit %d --output_columns _id,_score", sort_of(q), HARNESS_TOP);
}

/* "health",12],["schools",3]] */
static uint64_t count_records(int f, const char *p)
{
    uint64_t sum = 0;
    while (p[0] == '[' && p[1] == '"') {
        const char *code = p + 2, *end = strchr(code, '"');
        char *rest;
        sum += harness_count(f, code, (size_t)(end - code), strtoull(end + 2, &rest, 10));
        p = rest + 1;
        if (*p == ',') p++;
    }
    return sum;
}

static uint64_t count_facet(int f, const char *answer)
{
    char key[64];
    snprintf(key, sizeof key, "\"%s\":{\"n_hits\"", harness_facets[f]);
    const char *p = strstr(answer, key);
    p = p ? strstr(p, "\"records\":[") : NULL;
    return p ? count_records(f, p + strlen("\"records\":[")) : 0;
}

static void run(void *p, const harness_query *q, harness_answer *out)
{
    reader *r = p;
    unsigned size;
    say_command(&r->command, q);
    char *answer = send(r->ctx, r->command.p, r->command.n, &size), end = answer[size];
    answer[size] = 0;
    const char *hits = q->facets ? strstr(answer, "\"all\":{\"n_hits\":") : strstr(answer, "\"n_hits\":");
    if (hits) out->total = strtoull(strstr(hits, "n_hits\":") + 8, NULL, 10);
    for (int f = 0; q->facets && f < F_FACETS; f++) out->facets += count_facet(f, answer);
    answer[size] = end;
}

int main(int argc, char **argv)
{
    static const harness_engine engine = {build, open_index, open_reader, run};
    return harness_main(&engine, argc, argv);
}
