#include "search/query.h"

static const char *const stop_words[] = {"a", "an", "and", "at", "for", "in", "of", "on", "or", "the", "to", "with", "near", "job", "jobs", NULL};

static bool is_stop_word(ch_str s)
{
    for (size_t i = 0; stop_words[i]; i++)
        if (ch_str_is(s, stop_words[i])) return true;
    return false;
}

static bool minus_before(ch_str text, size_t at)
{
    if (at == 0 || text.p[at - 1] != '-') return false;
    return at == 1 || text.p[at - 2] == ' ';
}

size_t query_parts(ch_arena *a, ch_str text, query_part **out)
{
    ch_terms terms;
    size_t n = 0;
    ch_analyse(a, text, &terms);
    *out = CH_NEW_N(a, query_part, terms.n + 1);
    for (size_t i = 0; i < terms.n;) {
        const ch_term *t = &terms.p[i];
        bool quoted = t->at > 0 && text.p[t->at - 1] == '"', without = minus_before(text, t->at);
        const char *end = quoted ? memchr(text.p + t->at, '"', text.n - t->at) : NULL;
        if (!end) {
            (*out)[n++] = (query_part){t, 1, without ? PART_WITHOUT : PART_WORD, !without && is_stop_word(t->word)};
            i++;
            continue;
        }
        size_t first = i, limit = (size_t)(end - text.p);
        while (i < terms.n && terms.p[i].at < limit) i++;
        if (i > first) (*out)[n++] = (query_part){&terms.p[first], i - first, PART_PHRASE, false};
    }
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
} parser;

static void mend_word(parser *p, const ch_term *t, word *w)
{
    uint32_t found = p->mend ? spell_nearest(p->x, t->word) : 0;
    if (!found) return;
    w->terms[w->n++] = found;
    ch_buf_put(&p->corrected, (ch_str){p->q->text.p + p->copied, t->at - p->copied});
    ch_buf_put(&p->corrected, term_at(p->x, found)->word);
    p->copied = t->end;
}

static void add_beginning(const parser *p, const ch_term *t, word *w)
{
    uint32_t found[ALTERNATIVES_MAX];
    size_t n = t->word.n < 2 ? 0 : spell_beginning(p->x, t->word, found, ALTERNATIVES_MAX);
    for (size_t i = 0; i < n && w->n < ALTERNATIVES_MAX; i++)
        if (!w->n || w->terms[0] != found[i]) w->terms[w->n++] = found[i];
}

static void add_word(parser *p, const query_part *part, bool last)
{
    const ch_term *t = part->terms;
    bool without = part->kind == PART_WITHOUT;
    size_t *n = without ? &p->out->n_without : &p->out->n_words;
    if (*n == WORDS_MAX) return;
    word *w = &(without ? p->out->without : p->out->words)[(*n)++];
    *w = (word){.typed = t->text, .optional = part->optional};
    uint32_t number = term_find(p->x, t->text);
    if (number) w->terms[w->n++] = number;
    if (last && !without && p->q->typing) add_beginning(p, t, w);
    if (!w->n && !without && !w->optional) mend_word(p, t, w);
}

static void add_phrase(parser *p, const ch_term *t, size_t n)
{
    if (p->out->n_phrases == PHRASES_MAX || n == 0) return;
    phrase_terms *phrase = &p->out->phrases[p->out->n_phrases++];
    *phrase = (phrase_terms){0};
    for (size_t i = 0; i < n && i < PHRASE_MAX; i++) {
        uint32_t number = term_find(p->x, t[i].text);
        if (!number) p->out->impossible = true;
        else phrase->terms[phrase->n++] = number;
    }
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
    parser p = {x, a, q, out, ch_buf_in(a), 0, mend};
    query_part *parts;
    memset(out, 0, sizeof *out);
    size_t n = query_parts(a, q->text, &parts);
    for (size_t i = 0; i < n; i++) {
        if (parts[i].kind == PART_PHRASE) add_phrase(&p, parts[i].terms, parts[i].n);
        else add_word(&p, &parts[i], i + 1 == n);
    }
    settle_stop_words(out);
    if (p.copied) {
        ch_buf_put(&p.corrected, ch_str_cut(q->text, p.copied));
        out->corrected = ch_buf_str(&p.corrected);
    }
}
