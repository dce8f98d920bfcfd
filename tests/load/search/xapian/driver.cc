// Xapian as its guide sets it up: free text under unprefixed terms with the title's frequency raised, filters as boolean terms, facets and sort keys in value
// slots, facets by ValueCountMatchSpy with checkatleast = all (exact), places by LatLongDistancePostingSource, the database compacted. A facet whose own
// filter is left out is a query of its own.
#include <sys/stat.h>
#include <xapian.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "../tokens.h"

static const char *const prefixes[F_FACETS] = {"XS", "XG", "XB", "XC", "XP"};
enum { SLOT_SALARY = F_FACETS, SLOT_CLOSES, SLOT_PUBLISHED, SLOT_PLACES };
static const unsigned title_weight = 4;
static const unsigned gap = 100;
static const double earth_m = 6371008.8;

static unsigned add_text(Xapian::Document &doc, char *text, unsigned at, unsigned weight)
{
    char *words[4096];
    size_t n = harness_split(text, ' ', words, 4096);
    for (size_t i = 0; i < n; i++) {
        if (*words[i] == '|') at += gap;
        else doc.add_posting(words[i], ++at, weight);
    }
    return at + gap;
}

static void index_texts(Xapian::Document &doc, const token_doc &d)
{
    Xapian::TermGenerator generator;
    generator.set_stemmer(Xapian::Stem("english"));
    generator.set_document(doc);
    for (int f = 0; f < T_FIELDS; f++) {
        generator.index_text(d.fields[f], f == T_TITLE ? title_weight : 1);
        generator.increase_termpos();
    }
}

static Xapian::Document make_document(token_doc &d)
{
    Xapian::Document doc;
    if (harness_own()) index_texts(doc, d);
    else {
        unsigned at = 0;
        for (int f = 0; f < T_FIELDS; f++) at = add_text(doc, d.fields[f], at, f == T_TITLE ? title_weight : 1);
    }
    for (int f = 0; f < F_PATTERN; f++) {
        doc.add_boolean_term(std::string(prefixes[f]) + d.codes[f]);
        doc.add_value(static_cast<unsigned>(f), d.codes[f]);
    }
    std::string patterns;
    for (size_t i = 0; i < d.n_patterns; i++) {
        doc.add_boolean_term(std::string(prefixes[F_PATTERN]) + d.patterns[i]);
        patterns += (i ? "," : "") + std::string(d.patterns[i]);
    }
    doc.add_value(F_PATTERN, patterns);
    doc.add_value(SLOT_SALARY, Xapian::sortable_serialise(static_cast<double>(d.salary)));
    doc.add_value(SLOT_CLOSES, Xapian::sortable_serialise(static_cast<double>(d.closes)));
    doc.add_value(SLOT_PUBLISHED, Xapian::sortable_serialise(static_cast<double>(d.published)));
    Xapian::LatLongCoords places;
    for (size_t i = 0; i < d.n_points; i++) places.append(Xapian::LatLongCoord(d.lat[i], d.lon[i]));
    doc.add_value(SLOT_PLACES, places.serialise());
    doc.set_data(std::to_string(d.number));
    return doc;
}

static void build(const char *corpus, const char *dir)
{
    std::string raw = std::string(dir) + "/raw", ready = std::string(dir) + "/db";
    FILE *f = harness_file(corpus, "r");
    char *buf = nullptr, *line;
    size_t cap = 0;
    int64_t from = harness_now();
    {
        Xapian::WritableDatabase db(raw, Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_BACKEND_GLASS | Xapian::DB_NO_SYNC);
        while ((line = harness_line(f, &buf, &cap))) {
            token_doc d;
            token_parse(line, &d);
            db.add_document(make_document(d));
        }
        db.commit();
        db.compact(ready);
    }
    printf("build %.3f 0\n", static_cast<double>(harness_now() - from) / 1e9);
    if (system(("rm -rf " + raw).c_str())) harness_die("rm");
}

struct reader {
    Xapian::Database db;
    Xapian::doccount all;
};

static void *open_index(const char *dir) { return new std::string(std::string(dir) + "/db"); }

static void *open_reader(void *path)
{
    auto *r = new reader{Xapian::Database(*static_cast<std::string *>(path)), 0};
    r->all = r->db.get_doccount();
    return r;
}

// Joined by OP_FILTER: no weight, cheapest first is the matcher's business.
static Xapian::Query filtered(Xapian::Query q, const Xapian::Query &by) { return q.empty() ? by : Xapian::Query(Xapian::Query::OP_FILTER, q, by); }

// The words.
static Xapian::Query base_query(const harness_query *q)
{
    Xapian::Query out;
    if (harness_own() && *q->text) {
        Xapian::QueryParser parser;
        parser.set_stemmer(Xapian::Stem("english"));
        parser.set_stemming_strategy(Xapian::QueryParser::STEM_SOME);
        parser.set_default_op(Xapian::Query::OP_AND);
        return parser.parse_query(q->text, Xapian::QueryParser::FLAG_PHRASE);
    }
    std::vector<std::string> words(q->words, q->words + q->n_words);
    if (words.empty()) return out;
    if (!q->quoted) return Xapian::Query(Xapian::Query::OP_AND, words.begin(), words.end());
    return Xapian::Query(Xapian::Query::OP_PHRASE, words.begin(), words.end(), static_cast<Xapian::termcount>(words.size()));
}

static Xapian::Query with_ranges(Xapian::Query out, const harness_query *q)
{
    if (q->radius > 0) {
        Xapian::LatLongCoords centre(Xapian::LatLongCoord(q->lat, q->lon));
        Xapian::GreatCircleMetric metric(earth_m);
        auto *source = new Xapian::LatLongDistancePostingSource(SLOT_PLACES, centre, metric, q->radius);
        out = filtered(out, Xapian::Query(source->release()));
    }
    out = filtered(out, Xapian::Query(Xapian::Query::OP_VALUE_GE, SLOT_CLOSES, Xapian::sortable_serialise(static_cast<double>(q->now + 1))));
    if (q->salary) out = filtered(out, Xapian::Query(Xapian::Query::OP_VALUE_GE, SLOT_SALARY, Xapian::sortable_serialise(static_cast<double>(q->salary))));
    return out;
}

static Xapian::Query full_query(const harness_query *q, int left_out)
{
    Xapian::Query out = base_query(q);
    for (int f = 0; f < F_FACETS; f++) {
        if (!q->n_codes[f] || f == left_out) continue;
        std::vector<std::string> terms;
        for (size_t i = 0; i < q->n_codes[f]; i++) terms.push_back(std::string(prefixes[f]) + q->codes[f][i]);
        out = filtered(out, Xapian::Query(Xapian::Query::OP_OR, terms.begin(), terms.end()));
    }
    return with_ranges(out, q);
}

static uint64_t sum_of(int f, Xapian::ValueCountMatchSpy &spy)
{
    std::map<std::string, uint64_t> counts;
    for (auto i = spy.values_begin(); i != spy.values_end(); ++i) {
        std::string rest = *i;
        for (size_t comma; f == F_PATTERN && (comma = rest.find(',')) != std::string::npos; rest = rest.substr(comma + 1))
            counts[rest.substr(0, comma)] += i.get_termfreq();
        counts[rest] += i.get_termfreq();
    }
    uint64_t sum = 0;
    for (auto &[code, n] : counts) sum += harness_count(f, code.data(), code.size(), n);
    return sum;
}

static uint64_t sideways(reader *r, const harness_query *q, int f)
{
    Xapian::Enquire enquire(r->db);
    Xapian::ValueCountMatchSpy spy(static_cast<unsigned>(f));
    enquire.set_query(full_query(q, f));
    enquire.set_weighting_scheme(Xapian::BoolWeight());
    enquire.add_matchspy(&spy);
    enquire.get_mset(0, 0, r->all);
    return sum_of(f, spy);
}

static void run(void *p, const harness_query *q, harness_answer *out)
{
    auto *r = static_cast<reader *>(p);
    Xapian::Enquire enquire(r->db);
    std::vector<std::unique_ptr<Xapian::ValueCountMatchSpy>> spies(F_FACETS);
    enquire.set_query(full_query(q, -1));
    if (q->n_words) enquire.set_weighting_scheme(Xapian::BM25Weight());
    else {
        enquire.set_weighting_scheme(Xapian::BoolWeight());
        enquire.set_sort_by_value(SLOT_PUBLISHED, true);
    }
    for (int f = 0; q->facets && f < F_FACETS; f++) {
        if (q->n_codes[f]) continue;
        spies[static_cast<size_t>(f)] = std::make_unique<Xapian::ValueCountMatchSpy>(static_cast<unsigned>(f));
        enquire.add_matchspy(spies[static_cast<size_t>(f)].get());
    }
    Xapian::MSet best = enquire.get_mset(0, HARNESS_TOP, r->all);
    best.fetch();
    for (auto i = best.begin(); i != best.end(); ++i) i.get_document().get_data();
    out->total = best.get_matches_estimated();
    for (int f = 0; q->facets && f < F_FACETS; f++) out->facets += spies[static_cast<size_t>(f)] ? sum_of(f, *spies[static_cast<size_t>(f)]) : sideways(r, q, f);
}

int main(int argc, char **argv)
{
    static const harness_engine engine = {build, open_index, open_reader, run};
    std::set_terminate([] {
        try {
            throw;
        } catch (const Xapian::Error &e) {
            harness_die(e.get_description().c_str());
        }
    });
    return harness_main(&engine, argc, argv);
}
