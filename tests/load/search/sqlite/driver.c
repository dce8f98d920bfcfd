/*
 * SQLite as its documentation sets it up: a contentless FTS5 table of the five fields (bm25 with a weight a column,
 * merged by 'optimize'), columns beside it in a table of the same rowid with small integers for codes, places in an
 * R*Tree with their exact position in auxiliary columns. One statement a query: what text, place, time and pay let
 * through is materialised once, facets and the best are taken from it.
 */
#include <math.h>
#include <sqlite3.h>
#include <stdarg.h>

#include "../tokens.h"

enum { CODES_MAX = 64 };
#define EARTH_M 6371008.8

typedef struct reader {
    sqlite3 *db;
    char *codes[F_FACETS][CODES_MAX]; /* by number */
} reader;

static sqlite3 *must_db;
static void must(int rc)
{
    if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW) harness_die(sqlite3_errmsg(must_db));
}

static void sql(sqlite3 *db, const char *text)
{
    must_db = db;
    must(sqlite3_exec(db, text, NULL, NULL, NULL));
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *text)
{
    sqlite3_stmt *s;
    must_db = db;
    must(sqlite3_prepare_v2(db, text, -1, &s, NULL));
    return s;
}

/* ---- building */

static long long code_number(sqlite3_stmt *insert, char *known[CODES_MAX], int facet, const char *code)
{
    long long n = 1;
    for (; n < CODES_MAX && known[n]; n++)
        if (!strcmp(known[n], code)) return n;
    if (n == CODES_MAX) harness_die("too many codes");
    known[n] = strdup(code);
    sqlite3_bind_int(insert, 1, facet);
    sqlite3_bind_int64(insert, 2, n);
    sqlite3_bind_text(insert, 3, code, -1, SQLITE_TRANSIENT);
    must(sqlite3_step(insert));
    sqlite3_reset(insert);
    return n;
}

typedef struct writer {
    sqlite3_stmt *text, *vacancy, *place, *code;
    char *codes[F_FACETS][CODES_MAX];
    long long places;
} writer;

static void step(sqlite3_stmt *s)
{
    must(sqlite3_step(s));
    sqlite3_reset(s);
}

static void insert(writer *w, token_doc *d)
{
    long long patterns = 0;
    sqlite3_bind_int64(w->text, 1, d->number + 1);
    for (int f = 0; f < T_FIELDS; f++) {
        for (char *p = d->fields[f]; (p = strchr(p, '|')); p++) *p = '\x7f'; /* a token of its own: FTS5 has no gap in positions */
        sqlite3_bind_text(w->text, 2 + f, d->fields[f], -1, SQLITE_STATIC);
    }
    step(w->text);
    sqlite3_bind_int64(w->vacancy, 1, d->number + 1);
    for (int f = 0; f < F_PATTERN; f++) sqlite3_bind_int64(w->vacancy, 2 + f, code_number(w->code, w->codes[f], f, d->codes[f]));
    for (size_t i = 0; i < d->n_patterns; i++) patterns |= 1ll << code_number(w->code, w->codes[F_PATTERN], F_PATTERN, d->patterns[i]);
    sqlite3_bind_int64(w->vacancy, 6, patterns);
    sqlite3_bind_int64(w->vacancy, 7, d->salary);
    sqlite3_bind_int64(w->vacancy, 8, d->published);
    sqlite3_bind_int64(w->vacancy, 9, d->closes);
    step(w->vacancy);
    for (size_t i = 0; i < d->n_points; i++) {
        sqlite3_bind_int64(w->place, 1, ++w->places);
        for (int k = 0; k < 2; k++) {
            sqlite3_bind_double(w->place, 2 + k, d->lat[i]);
            sqlite3_bind_double(w->place, 4 + k, d->lon[i]);
        }
        sqlite3_bind_int64(w->place, 6, d->number + 1);
        sqlite3_bind_double(w->place, 7, d->lat[i]);
        sqlite3_bind_double(w->place, 8, d->lon[i]);
        step(w->place);
    }
}

static char *file_of(const char *dir) { return sqlite3_mprintf("%s/db", dir); }

static void build(const char *corpus, const char *dir)
{
    writer w = {0};
    sqlite3 *db;
    char *path = file_of(dir), *buf = NULL, *line;
    size_t cap = 0;
    remove(path);
    must(sqlite3_open(path, &db));
    char *schema = sqlite3_mprintf(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=8192; PRAGMA cache_size=-1000000; PRAGMA temp_store=MEMORY;"
        "CREATE VIRTUAL TABLE text USING fts5(title, employer, summary, description, criteria, content='', tokenize=\"%s\");"
        "CREATE TABLE vacancy(id INTEGER PRIMARY KEY, sector INT, staff_group INT, pay_band INT, contract_type INT, patterns INT, salary INT, published INT, closes INT);"
        "CREATE TABLE code(facet INT, number INT, code TEXT);"
        "CREATE VIRTUAL TABLE place USING rtree(id, lat0, lat1, lon0, lon1, +vacancy INTEGER, +lat REAL, +lon REAL); BEGIN",
        harness_own() ? "porter unicode61" : "ascii tokenchars '\x7f'");
    sql(db, schema);
    sqlite3_free(schema);
    w.text = prepare(db, "INSERT INTO text(rowid, title, employer, summary, description, criteria) VALUES(?,?,?,?,?,?)");
    w.vacancy = prepare(db, "INSERT INTO vacancy VALUES(?,?,?,?,?,?,?,?,?)");
    w.place = prepare(db, "INSERT INTO place VALUES(?,?,?,?,?,?,?,?)");
    w.code = prepare(db, "INSERT INTO code VALUES(?,?,?)");
    FILE *f = harness_file(corpus, "r");
    int64_t from = harness_now();
    while ((line = harness_line(f, &buf, &cap))) {
        token_doc d;
        token_parse(line, &d);
        insert(&w, &d);
    }
    sql(db, "COMMIT; INSERT INTO text(text) VALUES('optimize');"
            "CREATE INDEX by_published ON vacancy(published DESC); CREATE INDEX by_group ON vacancy(staff_group, published DESC); ANALYZE");
    printf("build %.3f 0\n", (double)(harness_now() - from) / 1e9);
    sqlite3_finalize(w.text);
    sqlite3_finalize(w.vacancy);
    sqlite3_finalize(w.place);
    sqlite3_finalize(w.code);
    must(sqlite3_close(db));
}

/* ---- reading */

static double metres(double lat1, double lon1, double lat2, double lon2)
{
    double p = M_PI / 180, x = sin((lat2 - lat1) * p / 2), y = sin((lon2 - lon1) * p / 2);
    return 2 * EARTH_M * asin(sqrt(x * x + cos(lat1 * p) * cos(lat2 * p) * y * y));
}

static void sql_metres(sqlite3_context *c, int n, sqlite3_value **v)
{
    (void)n;
    sqlite3_result_double(c, metres(sqlite3_value_double(v[0]), sqlite3_value_double(v[1]), sqlite3_value_double(v[2]), sqlite3_value_double(v[3])));
}

static void *open_index(const char *dir)
{
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* its counters take a lock that threads fight for */
    return file_of(dir);
}

static void *open_reader(void *path)
{
    reader *r = calloc(1, sizeof *r);
    if (!r) abort();
    must(sqlite3_open_v2(path, &r->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL));
    sql(r->db, "PRAGMA mmap_size=8000000000; PRAGMA cache_size=-1000000; PRAGMA temp_store=MEMORY");
    must(sqlite3_create_function(r->db, "metres", 4, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL, sql_metres, NULL, NULL));
    sqlite3_stmt *s = prepare(r->db, "SELECT facet, number, code FROM code");
    while (sqlite3_step(s) == SQLITE_ROW)
        r->codes[sqlite3_column_int(s, 0)][sqlite3_column_int(s, 1)] = strdup((const char *)sqlite3_column_text(s, 2));
    sqlite3_finalize(s);
    return r;
}

typedef struct statement {
    char text[8192];
    size_t n;
} statement;

__attribute__((format(printf, 2, 3))) static void say(statement *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(s->text + s->n, sizeof s->text - s->n, format, args);
    va_end(args);
    s->n += (size_t)n;
    if (s->n >= sizeof s->text) harness_die("a statement too long");
}

static const char *const columns[F_FACETS] = {"sector", "staff_group", "pay_band", "contract_type", "patterns"};

static long long number_of(const reader *r, int f, const char *code)
{
    for (int n = 1; n < CODES_MAX && r->codes[f][n]; n++)
        if (!strcmp(r->codes[f][n], code)) return n;
    return 0;
}

static void say_filter(statement *s, const reader *r, const harness_query *q, int f)
{
    if (!q->n_codes[f]) {
        say(s, "1");
        return;
    }
    long long bits = 0;
    if (f != F_PATTERN) say(s, "%s IN (", columns[f]);
    for (size_t i = 0; i < q->n_codes[f]; i++) {
        long long n = number_of(r, f, q->codes[f][i]);
        bits |= 1ll << n;
        if (f != F_PATTERN) say(s, "%s%lld", i ? "," : "", n);
    }
    if (f == F_PATTERN) say(s, "(patterns & %lld) != 0", bits);
    else say(s, ")");
}

static void say_filters(statement *s, const reader *r, const harness_query *q, int left_out)
{
    say(s, "1");
    for (int f = 0; f < F_FACETS; f++) {
        if (f == left_out || !q->n_codes[f]) continue;
        say(s, " AND ");
        say_filter(s, r, q, f);
    }
}

/* Text, place, time, pay. */
static void say_base(statement *s, const harness_query *q)
{
    say(s, q->n_words ? " FROM text JOIN vacancy v ON v.id = text.rowid WHERE text MATCH ?1 AND" : " FROM vacancy v WHERE");
    say(s, " closes > %lld", q->now);
    if (q->salary) say(s, " AND salary >= %lld", q->salary);
    if (!(q->radius > 0)) return;
    double dy = q->radius / EARTH_M * 180 / M_PI, dx = dy / cos((fabs(q->lat) + dy) * M_PI / 180);
    say(s,
        " AND v.id IN (SELECT vacancy FROM place WHERE lat1 >= %.6f AND lat0 <= %.6f AND lon1 >= %.6f AND lon0 <= %.6f AND metres(lat, lon, %.6f, %.6f) <= %.3f)",
        q->lat - dy, q->lat + dy, q->lon - dx, q->lon + dx, q->lat, q->lon, q->radius);
}

#define SCORE "bm25(text, 4.0, 1.5, 1.0, 1.0, 1.0)"

static void say_facet(statement *s, const reader *r, const harness_query *q, int f)
{
    if (f == F_PATTERN)
        say(s, " UNION ALL SELECT %d, c.number, count(*) FROM m JOIN code c ON c.facet = %d AND (m.patterns >> c.number) & 1 WHERE ", f, f);
    else say(s, " UNION ALL SELECT %d, %s, count(*) FROM m WHERE ", f, columns[f]);
    say_filters(s, r, q, f);
    say(s, " GROUP BY 2");
}

static void say_query(statement *s, const reader *r, const harness_query *q)
{
    if (!q->facets) {
        say(s, "WITH m AS MATERIALIZED (SELECT v.id, %s AS score", q->n_words ? SCORE : "-published");
        say_base(s, q);
        say(s, " AND ");
        say_filters(s, r, q, -1);
        say(s, ") SELECT -1, id, (SELECT count(*) FROM m) FROM m ORDER BY score LIMIT %d", HARNESS_TOP);
        return;
    }
    say(s, "WITH m AS MATERIALIZED (SELECT v.id, sector, staff_group, pay_band, contract_type, patterns, CASE WHEN ");
    say_filters(s, r, q, -1);
    say(s, " THEN " SCORE " END AS score");
    say_base(s, q);
    say(s, ") SELECT * FROM (SELECT -1, id, (SELECT count(score) FROM m) FROM m WHERE score IS NOT NULL ORDER BY score LIMIT %d)", HARNESS_TOP);
    for (int f = 0; f < F_FACETS; f++) say_facet(s, r, q, f);
}

static void match_of(const harness_query *q, char *out, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < q->n_words; i++) n += (size_t)snprintf(out + n, size - n, "%s\"%s\"", !i ? "" : q->quoted ? " + " : " ", q->words[i]);
}

static void run(void *p, const harness_query *q, harness_answer *out)
{
    reader *r = p;
    statement s = {.n = 0};
    char match[1024] = "";
    say_query(&s, r, q);
    match_of(q, match, sizeof match);
    sqlite3_stmt *stmt = prepare(r->db, s.text);
    if (q->n_words) sqlite3_bind_text(stmt, 1, match, -1, SQLITE_STATIC);
    int rc;
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        int f = sqlite3_column_int(stmt, 0);
        uint64_t count = (uint64_t)sqlite3_column_int64(stmt, 2);
        if (f < 0) out->total = count;
        else {
            const char *code = r->codes[f][sqlite3_column_int(stmt, 1)];
            out->facets += harness_count(f, code, strlen(code), count);
        }
    }
    must_db = r->db;
    must(rc);
    sqlite3_finalize(stmt);
}

int main(int argc, char **argv)
{
    static const harness_engine engine = {build, open_index, open_reader, run};
    return harness_main(&engine, argc, argv);
}
