#include "search/analyse.h"

#include <libstemmer.h>
#include <pthread.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "base/embed.h"

extern const ch_embedded search_data[];

/* ---- folding */

static bool is_word(utf8proc_int32_t c)
{
    if (c < 128) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    utf8proc_category_t k = utf8proc_category(c);
    return (k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO) || (k >= UTF8PROC_CATEGORY_MN && k <= UTF8PROC_CATEGORY_NO);
}

/* Apostrophes, typed or printed, and what only says where a word may break: nothing of them is kept. */
static bool is_silent(utf8proc_int32_t c)
{
    static const utf8proc_int32_t silent[] = {0x2019, 0x2BC, 0xAD, 0x200C, 0x200D, 0x2060, 0xFEFF};
    if (c < 128) return c == '\'';
    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
        if (c == silent[i]) return true;
    return false;
}

/* One character, folded and without its marks, appended. */
static void put_folded(ch_buf *b, utf8proc_int32_t c)
{
    utf8proc_int32_t parts[8];
    int boundary = 0;
    if (c < 128) {
        ch_buf_char(b, (char)(c >= 'A' && c <= 'Z' ? c + 32 : c));
        return;
    }
    utf8proc_ssize_t n =
        utf8proc_decompose_char(c, parts, 8, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK, &boundary);
    for (utf8proc_ssize_t i = 0; i < n && i < 8; i++) {
        utf8proc_uint8_t bytes[4];
        utf8proc_ssize_t size = utf8proc_encode_char(parts[i], bytes);
        ch_buf_put(b, (ch_str){(const char *)bytes, (size_t)size});
    }
}

static size_t next_char(ch_str s, size_t i, utf8proc_int32_t *c)
{
    if ((unsigned char)s.p[i] < 128) {
        *c = s.p[i];
        return 1;
    }
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s.p + i, (utf8proc_ssize_t)(s.n - i), c);
    if (n > 0) return (size_t)n;
    *c = ' ';
    return 1;
}

ch_str ch_fold(ch_arena *a, ch_str text)
{
    ch_buf b = ch_buf_in(a);
    bool space = false;
    for (size_t i = 0; i < text.n;) {
        utf8proc_int32_t c;
        i += next_char(text, i, &c);
        if (is_silent(c)) continue;
        if (!is_word(c)) {
            space = b.n > 0;
            continue;
        }
        size_t before = b.n;
        if (space) ch_buf_char(&b, ' ');
        size_t word = b.n;
        put_folded(&b, c);
        if (b.n > word) space = false;
        else b.n = before; /* a mark by itself */
    }
    return ch_buf_str(&b);
}

/* ---- stemming: one stemmer a thread */

static pthread_key_t stemmer_key;
static pthread_once_t stemmer_once = PTHREAD_ONCE_INIT;

static void delete_stemmer(void *p) { sb_stemmer_delete(p); }

static void make_stemmer_key(void) { pthread_key_create(&stemmer_key, delete_stemmer); }

static struct sb_stemmer *stemmer(void)
{
    pthread_once(&stemmer_once, make_stemmer_key);
    struct sb_stemmer *s = pthread_getspecific(stemmer_key);
    if (!s) {
        s = sb_stemmer_new("english", NULL);
        if (!s) abort();
        pthread_setspecific(stemmer_key, s);
    }
    return s;
}

static bool has_digit(ch_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= '0' && s.p[i] <= '9') return true;
    return false;
}

/* Stems of words seen before: text repeats itself, and Snowball takes a quarter of a microsecond. An English stem is no longer than its word. */
enum { STEMS = 1 << 13, STEMMED_MAX = 22 };
typedef struct stemmed {
    uint8_t word_n, stem_n;
    char word[STEMMED_MAX], stem[STEMMED_MAX];
} stemmed;

static ch_str snowball(ch_arena *a, ch_str word)
{
    struct sb_stemmer *s = stemmer();
    const sb_symbol *out = sb_stemmer_stem(s, (const sb_symbol *)word.p, (int)word.n);
    return ch_arena_str(a, (ch_str){(const char *)out, (size_t)sb_stemmer_length(s)});
}

static ch_str stem(ch_arena *a, ch_str word)
{
    static _Thread_local stemmed seen[STEMS];
    if (word.n < 3 || has_digit(word)) return word;
    if (word.n > STEMMED_MAX) return snowball(a, word);
    uint64_t hash = ch_hash(word);
    stemmed *s = &seen[(hash ^ hash >> 29) % STEMS];
    if (s->word_n != word.n || memcmp(s->word, word.p, word.n) != 0) {
        ch_str found = snowball(a, word);
        if (found.n > STEMMED_MAX) return found;
        s->word_n = (uint8_t)word.n;
        s->stem_n = (uint8_t)found.n;
        memcpy(s->word, word.p, word.n);
        memcpy(s->stem, found.p, found.n);
    }
    if (s->stem_n == word.n && !memcmp(s->stem, word.p, word.n)) return word;
    return ch_arena_str(a, (ch_str){s->stem, s->stem_n});
}

int ch_edit_distance(ch_str a, ch_str b, int most)
{
    int rows[3][64], *before = rows[0], *above = rows[1], *here = rows[2];
    if (a.n > 62 || b.n > 62) return most + 1;
    for (size_t j = 0; j <= b.n; j++) above[j] = (int)j;
    for (size_t i = 1; i <= a.n; i++) {
        int best = here[0] = (int)i;
        for (size_t j = 1; j <= b.n; j++) {
            int d = above[j - 1] + (a.p[i - 1] != b.p[j - 1]);
            if (above[j] + 1 < d) d = above[j] + 1;
            if (here[j - 1] + 1 < d) d = here[j - 1] + 1;
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1] && before[j - 2] + 1 < d) d = before[j - 2] + 1;
            here[j] = d;
            if (d < best) best = d;
        }
        if (best > most) return most + 1;
        int *spare = before;
        before = above;
        above = here;
        here = spare;
    }
    return above[b.n] > most ? most + 1 : above[b.n];
}

/* ---- terms */

/* "28,407" and "37.5" are one number: a separator between digits does not end the run. */
static bool inside_number(ch_str s, size_t i)
{
    char c = s.p[i];
    if ((c != ',' && c != '.') || i == 0 || i + 1 >= s.n) return false;
    return s.p[i - 1] >= '0' && s.p[i - 1] <= '9' && s.p[i + 1] >= '0' && s.p[i + 1] <= '9';
}

static void push(ch_arena *a, ch_terms *t, size_t *cap, ch_term term)
{
    if (t->n == *cap) {
        *cap = *cap ? 2 * *cap : 32;
        ch_term *grown = CH_NEW_N(a, ch_term, *cap);
        if (t->n) memcpy(grown, t->p, t->n * sizeof *grown);
        t->p = grown;
    }
    t->p[t->n++] = term;
}

static bool is_capitals(ch_str source)
{
    for (size_t i = 0; i < source.n; i++)
        if (source.p[i] < 'A' || source.p[i] > 'Z') return false;
    return source.n > 1;
}

/* Most words are plain letters with white space or a full stop behind them: folded here without a look into Unicode's tables. 0: look closer. */
static size_t ascii_word(ch_str text, size_t from, char *out)
{
    size_t n = 0;
    for (; from + n < text.n; n++) {
        unsigned char c = (unsigned char)text.p[from + n], low = c | 32;
        if (low < 'a' || low > 'z') {
            bool ends = c == ' ' || c == '\n' || ((c == '.' || c == ',') && n);
            return ends ? n : 0;
        }
        if (n == CH_TERM_MAX) return 0;
        out[n] = (char)low;
    }
    return n;
}

void ch_analyse(ch_arena *a, ch_str text, ch_terms *out)
{
    char plain[CH_TERM_MAX];
    size_t cap = 0;
    *out = (ch_terms){0};
    for (size_t i = 0; i < text.n;) {
        utf8proc_int32_t c;
        size_t width = next_char(text, i, &c), start = i;
        size_t ascii = ascii_word(text, i, plain);
        if (ascii) {
            i += ascii;
            ch_str folded = ch_arena_str(a, (ch_str){plain, ascii});
            push(a, out, &cap, (ch_term){stem(a, folded), folded, start, i, is_capitals((ch_str){text.p + start, ascii}), false});
            continue;
        }
        ch_buf word = ch_buf_in(a);
        while (i < text.n && (is_word(c) || inside_number(text, i) || (i > start && is_silent(c)))) {
            if (is_word(c) && !is_silent(c)) put_folded(&word, c);
            i += width;
            if (i < text.n) width = next_char(text, i, &c);
        }
        if (i == start) {
            i += width;
            continue;
        }
        ch_str folded = ch_utf8_first(ch_buf_str(&word), CH_TERM_MAX);
        if (folded.n) push(a, out, &cap, (ch_term){stem(a, folded), folded, start, i, is_capitals((ch_str){text.p + start, i - start}), false});
    }
}

/* ---- synonyms */

typedef struct phrase {
    ch_str terms[6], words[6];
    size_t n, set;
    bool capitals; /* only where it is written so */
    uint32_t next; /* that begins with a term of the same hash, + 1 */
} phrase;
enum { FIRSTS = 1024 };
static struct {
    phrase *p;
    size_t n;
    uint32_t first[FIRSTS]; /* by the hash of the first term, + 1 */
    ch_arena *arena;
} synonyms;

static uint32_t *begins_with(ch_str term)
{
    uint64_t hash = ch_hash(term);
    return &synonyms.first[(hash ^ hash >> 20) % FIRSTS];
}
static pthread_once_t synonyms_once = PTHREAD_ONCE_INIT;

static void add_phrase(ch_str text, size_t set)
{
    ch_terms t;
    phrase *p = &synonyms.p[synonyms.n++];
    ch_analyse(synonyms.arena, text, &t);
    *p = (phrase){.set = set, .capitals = is_capitals(text)};
    for (size_t i = 0; i < t.n && p->n < 6; i++) {
        p->words[p->n] = t.p[i].word;
        p->terms[p->n++] = t.p[i].text;
    }
    if (!p->n) return;
    uint32_t *first = begins_with(p->terms[0]);
    p->next = *first;
    *first = (uint32_t)synonyms.n;
}

static void load_synonyms(void)
{
    ch_str rest = search_data[0].text, line, name;
    size_t lines = 1, set = 0;
    for (size_t i = 0; i < rest.n; i++) lines += rest.p[i] == '\n' || rest.p[i] == '\t';
    synonyms.arena = ch_arena_new(16 << 10);
    synonyms.p = CH_NEW_N(synonyms.arena, phrase, lines + 1);
    while (ch_str_split(&rest, '\n', &line)) {
        if (!line.n || line.p[0] == '#') continue;
        while (ch_str_split(&line, '\t', &name)) add_phrase(name, set);
        set++;
    }
}

static bool stands_at(const ch_terms *t, size_t i, const phrase *p)
{
    if (i + p->n > t->n || (p->capitals && !t->p[i].capitals)) return false;
    for (size_t k = 0; k < p->n; k++)
        if (!ch_str_eq(t->p[i + k].text, p->terms[k])) return false;
    return p->n > 0;
}

static bool has_term(const phrase *p, ch_str term)
{
    for (size_t i = 0; i < p->n; i++)
        if (ch_str_eq(p->terms[i], term)) return true;
    return false;
}

/* The other names of what stands there. */
static void add_others(ch_arena *a, const phrase *there, ch_terms *extra, size_t *cap)
{
    for (const phrase *p = synonyms.p; p < synonyms.p + synonyms.n; p++)
        for (size_t w = 0; p != there && p->set == there->set && w < p->n; w++)
            push(a, extra, cap, (ch_term){.text = p->terms[w], .word = p->words[w], .again = has_term(there, p->terms[w])});
}

void ch_analyse_synonyms(ch_arena *a, const ch_terms *terms, ch_terms *extra)
{
    size_t cap = 0;
    *extra = (ch_terms){0};
    pthread_once(&synonyms_once, load_synonyms);
    for (size_t i = 0; i < terms->n; i++)
        for (uint32_t k = *begins_with(terms->p[i].text); k; k = synonyms.p[k - 1].next)
            if (stands_at(terms, i, &synonyms.p[k - 1])) add_others(a, &synonyms.p[k - 1], extra, &cap);
}
