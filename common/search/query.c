#include "search/query.h"

static const char *const stop_words[] = {"a", "an", "and", "at", "for", "in", "of", "on", "or", "the", "to", "with", "near", "job", "jobs", NULL};

static bool is_stop_word(ch_str s)
{
    for (size_t i = 0; stop_words[i]; i++)
        if (ch_str_is(s, stop_words[i])) return true;
    return false;
}

/* Telephones write “so”. The bytes of the quotation mark that stands at i, or 0. */
static size_t quote_at(ch_str text, size_t i)
{
    ch_str rest = ch_str_cut(text, i);
    if (rest.n && rest.p[0] == '"') return 1;
    return ch_str_starts(rest, CH_STR("\u201C")) || ch_str_starts(rest, CH_STR("\u201D")) ? 3 : 0;
}

/* Where the quotation mark begins that ends just before `at`; `at` itself where there is none. */
static size_t quote_before(ch_str text, size_t at)
{
    if (at >= 1 && text.p[at - 1] == '"') return at - 1;
    return at >= 3 && quote_at(text, at - 3) == 3 ? at - 3 : at;
}

static size_t next_quote(ch_str text, size_t i)
{
    while (i < text.n && !quote_at(text, i)) i++;
    return i;
}

static bool minus_before(ch_str text, size_t at)
{
    if (at == 0 || text.p[at - 1] != '-') return false;
    return at == 1 || (unsigned char)text.p[at - 2] <= ' ';
}

/* How many terms from here on are written as one word: "part-time", "RGN/RMN". */
static size_t joined(ch_str text, const ch_term *t, size_t n)
{
    size_t k = 1;
    while (k < n && t[k].at == t[k - 1].end + 1 && strchr("-/&.", text.p[t[k].at - 1])) k++;
    return k;
}

static size_t begin_before(const ch_term *t, size_t n, size_t end)
{
    size_t k = 0;
    while (k < n && t[k].at < end) k++;
    return k;
}

/* The part that these terms begin with. *closed: where the last quotation closed, whose mark opens no other. */
static query_part part_at(ch_str text, const ch_term *t, size_t n, size_t *closed)
{
    size_t open = quote_before(text, t->at), end = next_quote(text, t->at);
    bool quoted = open < t->at && open >= *closed, without = minus_before(text, quoted ? open : t->at);
    if (quoted && (end < text.n || without)) {
        *closed = end + 1;
        return (query_part){t, begin_before(t, n, end), without ? PART_WITHOUT : PART_PHRASE, false};
    }
    if (without) return (query_part){t, joined(text, t, n), PART_WITHOUT, false};
    return (query_part){t, 1, PART_WORD, is_stop_word(t->word)};
}

size_t query_parts(ch_arena *a, ch_str text, query_part **out)
{
    ch_terms terms;
    size_t n = 0, closed = 0;
    ch_analyse(a, text, &terms);
    *out = CH_NEW_N(a, query_part, terms.n + 1);
    for (size_t i = 0; i < terms.n; i += (*out)[n++].n) (*out)[n] = part_at(text, &terms.p[i], terms.n - i, &closed);
    return n;
}

typedef struct parser {
    const ch_search_index *x;
    ch_arena *arena;
    const ch_search_query *q;
    parsed *out;
    ch_buf corrected;
    size_t copied; /* of the text, into corrected */
    bool mend;
    size_t n_without, n_never; /* parts, also of words that no document has */
} parser;

static void mend_word(parser *p, size_t part, word *w)
{
    const ch_term *t = p->out->parts[part].terms;
    spelt found = p->mend ? spell_nearest(p->x, t->word) : (spelt){0};
    if (!found.term) return;
    w->terms[w->n++] = found.term;
    p->out->mended[part] = found.word;
    ch_buf_put(&p->corrected, (ch_str){p->q->text.p + p->copied, t->at - p->copied});
    ch_buf_put(&p->corrected, p->out->mended[part]);
    p->copied = t->end;
}

static void add_beginning(const parser *p, const ch_term *t, word *w)
{
    spelt found[ALTERNATIVES_MAX];
    size_t n = spell_beginning(p->x, t->word, found, ALTERNATIVES_MAX);
    for (size_t i = 0; i < n && w->n < ALTERNATIVES_MAX; i++)
        if (!w->n || w->terms[0] != found[i].term) w->terms[w->n++] = found[i].term;
}

static void add_word(parser *p, size_t part)
{
    const ch_term *t = p->out->parts[part].terms;
    if (p->out->n_words == WORDS_MAX) return;
    word *w = &p->out->words[p->out->n_words++];
    *w = (word){.optional = p->out->parts[part].optional};
    uint32_t number = term_find(p->x, t->text);
    if (number) w->terms[w->n++] = number;
    if (part + 1 == p->out->n_parts && p->q->typing) add_beginning(p, t, w);
    if (!w->n && !w->optional) mend_word(p, part, w);
}

/* False: a word of it is in no document. */
static bool read_phrase(const parser *p, const query_part *part, phrase_terms *out)
{
    *out = (phrase_terms){0};
    for (size_t i = 0; i < part->n && i < PHRASE_MAX; i++) {
        uint32_t number = term_find(p->x, part->terms[i].text);
        if (!number) return false;
        out->terms[out->n++] = number;
    }
    return true;
}

static void add_phrase(parser *p, size_t part)
{
    parsed *out = p->out;
    if (out->n_phrases < PHRASES_MAX) out->impossible |= !read_phrase(p, &out->parts[part], &out->phrases[out->n_phrases++]);
}

static void add_without(parser *p, size_t part)
{
    parsed *out = p->out;
    phrase_terms never;
    if (out->parts[part].n > 1 ? p->n_never++ >= PHRASES_MAX : p->n_without++ >= WORDS_MAX) return;
    if (!read_phrase(p, &out->parts[part], &never)) return; /* then nobody has it */
    if (never.n > 1) out->never[out->n_never++] = never;
    else out->without[out->n_without++] = (word){.terms = {never.terms[0]}, .n = 1};
}

/* Only stop words: then they are what is meant. */
static void settle_stop_words(parsed *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < out->n_words; i++) kept += !out->words[i].optional;
    if (!kept && !out->n_phrases) return;
    kept = 0;
    for (size_t i = 0; i < out->n_words; i++)
        if (!out->words[i].optional) out->words[kept++] = out->words[i];
    out->n_words = kept;
}

void query_parse(const ch_search_index *x, ch_arena *a, const ch_search_query *q, bool mend, parsed *out)
{
    static void (*const add[])(parser *, size_t) = {[PART_WORD] = add_word, [PART_WITHOUT] = add_without, [PART_PHRASE] = add_phrase};
    parser p = {.x = x, .arena = a, .q = q, .out = out, .corrected = ch_buf_in(a), .mend = mend};
    query_part *parts;
    memset(out, 0, sizeof *out);
    out->n_parts = query_parts(a, q->text, &parts);
    out->parts = parts;
    out->mended = CH_NEW_N(a, ch_str, out->n_parts);
    for (size_t i = 0; i < out->n_parts; i++) add[parts[i].kind](&p, i);
    settle_stop_words(out);
    if (p.copied) {
        ch_buf_put(&p.corrected, ch_str_cut(q->text, p.copied));
        out->corrected = ch_buf_str(&p.corrected);
    }
}
