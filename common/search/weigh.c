#include "search/weigh.h"

/*
 * BM25F (Robertson, Zaragoza 2009, section 3.6) with the length of a usual advert instead of the corpus' average: so a document's impacts are worked
 * out once, when it comes, and a score does not move because others came (cursors stay right). Criteria say what the job is; a description also names
 * the colleagues, hence their weights.
 */
static const struct {
    float weight, length_share, usual_length;
} rules[FIELDS] = {[FIELD_TITLE] = {4.0f, 0.3f, 4},
                   [FIELD_EMPLOYER] = {1.5f, 0.3f, 10},
                   [FIELD_SUMMARY] = {0.7f, 0.7f, 40},
                   [FIELD_DESCRIPTION] = {0.7f, 0.7f, 160},
                   [FIELD_CRITERIA] = {1.5f, 0.5f, 30}};
#define K1 1.2f

struct weigher {
    struct seen {
        uint32_t stamp, at;
    } * seen; /* by term */
    uint32_t n_seen, stamp;
    float *frequency;
    weighted *terms;
    uint32_t *numbers;
    size_t cap, n;
    ch_buf tokens;
};

weigher *weigher_new(void) { return must(calloc(1, sizeof(weigher))); }

void weigher_free(weigher *w)
{
    free(w->seen);
    free(w->frequency);
    free(w->terms);
    free(w->numbers);
    ch_buf_free(&w->tokens);
    free(w);
}

void weigh_analyse(ch_arena *a, const ch_search_doc *in, analysed *out)
{
    ch_buf employer = ch_buf_in(a);
    ch_buf_put(&employer, in->employer_name);
    ch_buf_char(&employer, '\n');
    ch_buf_put(&employer, in->reference);
    for (size_t i = 0; i < in->n_locations; i++) {
        ch_buf_char(&employer, '\n');
        ch_buf_put(&employer, in->locations[i].name);
        ch_buf_char(&employer, '\n');
        ch_buf_put(&employer, in->locations[i].postcode);
    }
    const ch_str texts[FIELDS] = {in->title, ch_buf_str(&employer), in->summary, in->description, in->criteria};
    for (int f = 0; f < FIELDS; f++) {
        ch_analyse(a, texts[f], &out->fields[f]);
        ch_analyse_synonyms(a, &out->fields[f], &out->extra[f]);
    }
}

static void begin(weigher *w)
{
    w->n = 0;
    w->tokens.n = 0;
    w->stamp++;
}

/* Its place among this document's terms. */
static size_t place_of(weigher *w, uint32_t number)
{
    if (number > w->n_seen) {
        uint32_t n = w->n_seen ? w->n_seen : 4096;
        while (n < number) n *= 2;
        w->seen = must(realloc(w->seen, n * sizeof *w->seen));
        memset(w->seen + w->n_seen, 0, (n - w->n_seen) * sizeof *w->seen);
        w->n_seen = n;
    }
    struct seen *s = &w->seen[number - 1];
    if (s->stamp == w->stamp) return s->at;
    if (w->n == w->cap) {
        w->cap = w->cap ? 2 * w->cap : 256;
        w->frequency = must(realloc(w->frequency, w->cap * sizeof *w->frequency));
        w->terms = must(realloc(w->terms, w->cap * sizeof *w->terms));
        w->numbers = must(realloc(w->numbers, w->cap * sizeof *w->numbers));
    }
    *s = (struct seen){w->stamp, (uint32_t)w->n};
    w->frequency[w->n] = 0;
    w->numbers[w->n] = number;
    return w->n++;
}

static void take(weigher *w, ch_search_index *x, const ch_terms *terms, float share)
{
    for (size_t i = 0; i < terms->n; i++) {
        uint32_t number = term_add(x, terms->p[i].text, terms->p[i].word);
        token_put(&w->tokens, number - 1 + TOKEN_FIRST);
        size_t at = place_of(w, number); /* may move the arrays */
        if (!terms->p[i].again) w->frequency[at] += share;
    }
}

ch_str weigh(weigher *w, ch_search_index *x, const analysed *in, const weighted **terms, size_t *n_terms, uint32_t *title_tokens)
{
    begin(w);
    for (int f = 0; f < FIELDS; f++) {
        float length = (float)(in->fields[f].n + in->extra[f].n), usual = rules[f].usual_length;
        if (length < usual) length = usual; /* what is short for its kind is not better for it */
        float share = rules[f].weight / (1 - rules[f].length_share + rules[f].length_share * length / usual);
        if (f) token_put(&w->tokens, TOKEN_FIELD);
        take(w, x, &in->fields[f], share);
        if (in->extra[f].n) token_put(&w->tokens, TOKEN_BREAK);
        take(w, x, &in->extra[f], share);
    }
    for (size_t i = 0; i < w->n; i++) {
        float impact = 255 * w->frequency[i] / (K1 + w->frequency[i]);
        w->terms[i] = (weighted){w->numbers[i], (uint8_t)(impact < 1 ? 1 : impact + 0.5f > 255 ? 255 : impact + 0.5f)};
    }
    *terms = w->terms;
    *n_terms = w->n;
    *title_tokens = (uint32_t)in->fields[FIELD_TITLE].n;
    return ch_buf_str(&w->tokens);
}

size_t weigh_distinct(weigher *w, ch_str tokens, const uint32_t **terms)
{
    const unsigned char *p = (const unsigned char *)tokens.p, *end = p + tokens.n;
    begin(w);
    while (p < end) {
        uint32_t token = token_next(&p);
        if (token >= TOKEN_FIRST) place_of(w, token - TOKEN_FIRST + 1);
    }
    *terms = w->numbers;
    return w->n;
}
