#include "vacancies/feed.h"

#include <pthread.h>

#include "contracts/reference.h"
#include "data/json.h"
#include "vacancies/feed_cursor.h"
#include "vacancies/search_run.h"
#include "vacancies/service.h"
#include "vacancies/vacancy.h"

enum { FEED_LIMIT = 10, FEED_MOST = 100, PAGES_MOST = 100000, STEPS_MOST = 150, SITEMAP_MOST = 50000, ATOM = 50, SITEMAP_REST = 5 };

#define STR(member, ...) CH_ROW(feed_query, member, CH_F_STR, .max = 300, ##__VA_ARGS__)
CH_TABLE(feed_query_table, feed_query, "The NHS Jobs feed's query", STR(keyword), STR(location),
         CH_ROW(feed_query, distance, CH_F_INT, .doc = "Miles; 10 unless said"), STR(staffGroup, .doc = "MEDICAL_AND_DENTAL, several with commas"),
         STR(payBand, .doc = "BAND_5"), STR(contractType, .doc = "Apprenticeship"),
         STR(employerCode, .doc = "What an employer's references begin with"),
         STR(externalOnly, .doc = "Taken and passed over: what is not external is not here"),
         CH_ROW(feed_query, salaryFrom, CH_F_INT, .doc = "Pounds a year"),
         STR(sort, .doc = "publicationDateDesc, closingDateAsc, salaryDesc, distance; the best match unless said"),
         CH_ROW(feed_query, limit, CH_F_INT, .doc = "10 unless said, 100 at most"), CH_ROW(feed_query, page, CH_F_INT, .doc = "From 1"));

static bool read_hit(ch_call *call, const ch_search_hit *hit, vacancy *v)
{
    *v = (vacancy){0};
    return ch_json_read_own(call->arena, hit->blob, &vacancy_summary_table, v);
}

/* MEDICAL_AND_DENTAL → medical_and_dental, "Fixed-Term" → fixed_term, several with commas. */
static ch_list code_list(ch_arena *a, ch_str s)
{
    char *p = ch_arena_z(a, s);
    ch_str *codes = CH_NEW_N(a, ch_str, s.n + 1), rest = {p, s.n}, part;
    ch_list out = {codes, 0};
    for (size_t i = 0; i < s.n; i++) p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i] == ' ' || s.p[i] == '-' ? '_' : s.p[i];
    while (s.n && ch_str_split(&rest, ',', &part))
        if (part.n) codes[out.n++] = part;
    return out;
}

static void put_element(ch_buf *b, const char *name, ch_str text)
{
    ch_buf_printf(b, "<%s>", name);
    ch_put_xml(b, text);
    ch_buf_printf(b, "</%s>", name);
}

static void put_vacancy(ch_call *call, ch_buf *b, const vacancy *v)
{
    ch_buf_put(b, CH_STR("<vacancyDetails>"));
    put_element(b, "id", v->id);
    put_element(b, "reference", v->reference);
    put_element(b, "title", v->title);
    put_element(b, "description", v->summary);
    put_element(b, "employer", v->employer.name);
    put_element(b, "type", v->contract_type.n ? ch_code_name(ch_contract_types, v->contract_type) : CH_STR(""));
    put_element(b, "salary", vacancy_salary_text(call->arena, v, NULL));
    put_element(b, "postDate", ch_time_rfc3339(call->arena, v->published_at));
    put_element(b, "closeDate", ch_time_rfc3339(call->arena, v->closes_at));
    put_element(b, "url", v->url);
    ch_buf_put(b, CH_STR("<locations>"));
    for (size_t i = 0; i < v->locations.n; i++)
        put_element(b, "location",
                    ch_arena_printf(call->arena, "%.*s%s%.*s", CH_ARG(v->locations.p[i].name), v->locations.p[i].postcode.n ? ", " : "",
                                    CH_ARG(v->locations.p[i].postcode)));
    ch_buf_put(b, CH_STR("</locations></vacancyDetails>"));
}

/* publicationDateDesc, closingDateAsc … : what it goes by; the index knows one direction of each. */
static ch_str sort_of(ch_str s)
{
    static const char *const known[][2] = {{"publicationDate", "newest"}, {"closingDate", "closing"}, {"salary", "salary"}, {"distance", "distance"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (ch_str_starts(s, ch_str_of(known[i][0]))) return ch_str_of(known[i][1]);
    return CH_STR("");
}

static search_query query_of(ch_call *call, const feed_query *f)
{
    search_query q = {.keyword = f->keyword,
                      .location = f->location,
                      .distance = f->distance > 0 && f->distance <= 1000 ? f->distance : 0,
                      .sort = sort_of(f->sort),
                      .salary_min = f->salaryFrom > 0 && f->salaryFrom < 1000000 ? f->salaryFrom : 0};
    q.limit = f->limit < 1 ? FEED_LIMIT : f->limit > FEED_MOST ? FEED_MOST : f->limit;
    q.staff_group = code_list(call->arena, f->staffGroup);
    q.pay_band = code_list(call->arena, f->payBand);
    q.contract_type = code_list(call->arena, f->contractType);
    return q;
}

/* An employer's code is what its references begin with: one of its vacancies tells its id. Nobody's code: nothing
 * matches it. */
static ch_err set_employer(ch_call *call, ch_str code, search_query *q)
{
    search_outcome found;
    vacancy v;
    if (!code.n) return CH_OK;
    ch_str prefix = ch_arena_printf(call->arena, "%.*s-", CH_ARG(code));
    CH_TRY(search_run(call, &(search_query){.keyword = code, .limit = FEED_LIMIT}, 0, &found));
    q->employer = code;
    for (size_t i = 0; i < found.result.n_hits; i++)
        if (read_hit(call, &found.result.hits[i], &v) && ch_str_starts(v.reference, prefix)) q->employer = v.employer.id;
    return CH_OK;
}

/* Everything that makes it this search, but the page. */
static uint64_t search_of(ch_call *call, const feed_query *f, const search_query *q)
{
    return ch_hash(ch_arena_printf(call->arena, "%.*s|%.*s|%lld|%.*s|%.*s|%.*s|%.*s|%.*s|%lld|%lld", CH_ARG(q->keyword), CH_ARG(q->location),
                                   (long long)q->distance, CH_ARG(f->staffGroup), CH_ARG(f->payBand), CH_ARG(f->contractType), CH_ARG(q->employer),
                                   CH_ARG(q->sort), (long long)q->salary_min, (long long)q->limit));
}

/* Pages by number are read through cursors: from the nearest one whose beginning is known, which for who walks page
 * after page is the page itself. Who jumps far ahead is asked to come back, and then begins where this one ended. */
static ch_err run_page(ch_call *call, uint64_t search, search_query *q, int64_t page, search_outcome *found)
{
    int64_t at = feed_cursor_find(call->arena, search, page < PAGES_MOST ? page : PAGES_MOST, call->now, &q->cursor);
    for (int steps = 0; steps < STEPS_MOST; steps++, at++) {
        CH_TRY(search_run(call, q, 0, found));
        feed_cursor_keep(search, at + 1, call->now, found->result.cursor);
        if (at >= page) return CH_OK;
        if (!found->result.cursor.n) {
            found->result.n_hits = 0;
            return CH_OK;
        }
        q->cursor = found->result.cursor;
    }
    return ch_wait(call, CH_UNAVAILABLE, 1);
}

ch_err feed_search_xml(ch_call *call)
{
    const feed_query *f = call->query;
    search_query q = query_of(call, f);
    search_outcome found;
    vacancy v;
    ch_err e = set_employer(call, f->employerCode, &q);
    if (!e || e == CH_TOO_LARGE) e = run_page(call, search_of(call, f, &q), &q, f->page, &found);
    if (e && e != CH_TOO_LARGE) return e;
    ch_buf b = ch_buf_in(call->arena);
    int64_t total = (int64_t)found.result.total;
    ch_buf_printf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<nhsJobs><totalPages>%lld</totalPages><totalResults>%lld</totalResults>",
                  (long long)((total + q.limit - 1) / q.limit), (long long)total);
    for (size_t i = 0; i < found.result.n_hits; i++)
        if (read_hit(call, &found.result.hits[i], &v)) put_vacancy(call, &b, &v);
    ch_buf_put(&b, CH_STR("</nhsJobs>\n"));
    return ch_reply_feed(call, ch_buf_str(&b));
}

/* When it last said something else. */
static ch_time updated_of(const vacancy *v) { return v->changed_at > v->published_at ? v->changed_at : v->published_at; }

static void put_entry(ch_call *call, ch_buf *b, const vacancy *v)
{
    ch_buf_put(b, CH_STR("<entry>"));
    put_element(b, "title", v->title);
    put_element(b, "id", v->url);
    ch_buf_put(b, CH_STR("<link href=\""));
    ch_put_xml(b, v->url);
    ch_buf_put(b, CH_STR("\"/>"));
    put_element(b, "published", ch_time_rfc3339(call->arena, v->published_at));
    put_element(b, "updated", ch_time_rfc3339(call->arena, updated_of(v)));
    ch_buf_put(b, CH_STR("<author>"));
    put_element(b, "name", v->employer.name);
    ch_buf_put(b, CH_STR("</author>"));
    put_element(b, "summary", v->summary);
    ch_buf_put(b, CH_STR("</entry>\n"));
}

/* The feed's own address, with the search that it is of. */
static ch_str self_of(ch_call *call)
{
    ch_buf b = ch_buf_in(call->arena);
    ch_buf_printf(&b, "%.*s/jobs.atom", CH_ARG(call->app->settings.public_url));
    const char *sep = "?";
    for (size_t i = 0; i < call->query_pairs.n; i++) {
        const ch_pair *p = &call->query_pairs.p[i];
        if (!p->value.n || !ch_field_named(&search_query_table, p->name)) continue;
        ch_buf_put(&b, ch_str_of(sep));
        ch_put_url(&b, p->name);
        ch_buf_char(&b, '=');
        ch_put_url(&b, p->value);
        sep = "&";
    }
    return ch_buf_str(&b);
}

ch_err feed_atom(ch_call *call)
{
    search_query q = *(const search_query *)call->query;
    search_outcome found;
    vacancy v;
    ch_time latest = 0;
    ch_buf b = ch_buf_in(call->arena), entries = ch_buf_in(call->arena);
    q.limit = ATOM;
    q.sort = CH_STR("newest");
    q.cursor = CH_STR("");
    CH_TRY(search_run(call, &q, 0, &found));
    for (size_t i = 0; i < found.result.n_hits; i++) {
        if (!read_hit(call, &found.result.hits[i], &v)) continue;
        put_entry(call, &entries, &v);
        if (updated_of(&v) > latest) latest = updated_of(&v);
    }
    ch_buf_put(&b,
               CH_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Commonhire: new jobs</title>"));
    put_element(&b, "id", self_of(call));
    ch_buf_put(&b, CH_STR("<link rel=\"self\" href=\""));
    ch_put_xml(&b, self_of(call));
    ch_buf_put(&b, CH_STR("\"/>"));
    put_element(&b, "updated", ch_time_rfc3339(call->arena, (latest ? latest : call->now) / 1000 * 1000));
    ch_buf_put(&b, ch_buf_str(&entries));
    ch_buf_put(&b, CH_STR("</feed>\n"));
    return ch_reply_feed(call, ch_buf_str(&b));
}

/* Every open advert. */
static ch_err write_sitemap(ch_call *call, ch_buf *b)
{
    search_query q = {.limit = 100, .sort = CH_STR("newest")};
    search_outcome found;
    vacancy v;
    size_t n = 0;
    ch_buf_put(b, CH_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"));
    do {
        CH_TRY(search_run(call, &q, 0, &found));
        for (size_t i = 0; i < found.result.n_hits && n < SITEMAP_MOST; i++, n++) {
            if (!read_hit(call, &found.result.hits[i], &v)) continue;
            ch_buf_put(b, CH_STR("<url>"));
            put_element(b, "loc", v.url);
            put_element(b, "lastmod", ch_time_rfc3339(call->arena, updated_of(&v)));
            ch_buf_put(b, CH_STR("</url>\n"));
        }
        q.cursor = found.result.cursor;
    } while (q.cursor.n && n < SITEMAP_MOST);
    ch_buf_put(b, CH_STR("</urlset>\n"));
    return CH_OK;
}

/* Writing it reads the whole index, so one thread does it, and it is kept five times as long as that took; whoever asks
 * meanwhile gets the last one, or is asked to come back. */
static struct {
    pthread_mutex_t lock;
    ch_buf text; /* malloc's */
    ch_time at, took;
    bool writing;
} sitemap = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool take_sitemap(ch_call *call, ch_str *out, bool *write)
{
    pthread_mutex_lock(&sitemap.lock);
    bool fresh = sitemap.at && call->now - sitemap.at < SITEMAP_REST * sitemap.took;
    *write = !fresh && !sitemap.writing;
    sitemap.writing |= *write;
    *out = sitemap.at ? ch_arena_str(call->arena, ch_buf_str(&sitemap.text)) : CH_STR("");
    pthread_mutex_unlock(&sitemap.lock);
    return out->n && !*write;
}

ch_err feed_sitemap(ch_call *call)
{
    ch_str text;
    bool write;
    if (take_sitemap(call, &text, &write)) return ch_reply_feed(call, text);
    if (!write) return ch_wait(call, CH_UNAVAILABLE, 5);
    ch_buf b = ch_buf_in(call->arena);
    ch_err e = write_sitemap(call, &b);
    pthread_mutex_lock(&sitemap.lock);
    sitemap.writing = false;
    if (!e) {
        sitemap.at = ch_now();
        sitemap.took = sitemap.at - call->now;
        sitemap.text.n = 0;
        ch_buf_put(&sitemap.text, ch_buf_str(&b));
    }
    pthread_mutex_unlock(&sitemap.lock);
    return e ? e : ch_reply_feed(call, ch_buf_str(&b));
}

ch_err feed_robots(ch_call *call)
{
    ch_str url = call->app->settings.public_url;
    return ch_reply_feed(
        call, ch_arena_printf(
                  call->arena,
                  "User-agent: *\nDisallow: /candidate\nDisallow: /employer\nDisallow: /department\nDisallow: /account\nSitemap: %.*s/sitemap.xml\n",
                  CH_ARG(url)));
}
