#include "documents/docx.h"

#include "documents/zip.h"

enum { KEPT = 128 << 10, STEP = 32 << 10, PART_HEADS = 4, PART_HEAD = 16 << 10, TYPES_MAX = 64 << 10 };
#define TYPES "[Content_Types].xml"

/* The file from a local header on, as far as it is kept. */
typedef struct part_head {
    uint64_t at;
    size_t n;
    char p[PART_HEAD];
} part_head;
struct docx {
    ch_arena *arena;
    uint64_t total;
    size_t n, n_heads;
    part_head heads[PART_HEADS];
    char window[KEPT + STEP]; /* the last n bytes of the file so far */
};

docx *docx_new(ch_arena *a)
{
    docx *d = CH_NEW(a, docx);
    d->arena = a;
    return d;
}

/* A document in the document may have such a part too, so several are kept; the directory says which is meant. */
static void find_heads(docx *d, size_t fresh)
{
    const size_t name = sizeof TYPES - 1;
    size_t from = fresh < name - 1 ? 0 : fresh - (name - 1);
    ptrdiff_t found;
    while (d->n_heads < PART_HEADS && (found = ch_str_find((ch_str){d->window + from, d->n - from}, CH_STR(TYPES))) >= 0) {
        size_t at = from + (size_t)found;
        from = at + name;
        if (at < ZIP_LOCAL_HEADER || memcmp(d->window + at - ZIP_LOCAL_HEADER, "PK\3\4", 4)) continue;
        d->heads[d->n_heads++].at = d->total - d->n + at - ZIP_LOCAL_HEADER;
    }
}

static void fill_heads(docx *d)
{
    for (size_t i = 0; i < d->n_heads; i++) {
        part_head *h = &d->heads[i];
        if (h->n == PART_HEAD) continue;
        size_t at = (size_t)(h->at + h->n - (d->total - d->n)), some = d->n - at; /* all before it was copied when it came */
        if (some > PART_HEAD - h->n) some = PART_HEAD - h->n;
        memcpy(h->p + h->n, d->window + at, some);
        h->n += some;
    }
}

static void take(docx *d, const char *p, size_t n)
{
    if (d->n + n > sizeof d->window) {
        memmove(d->window, d->window + d->n - KEPT, KEPT);
        d->n = KEPT;
    }
    memcpy(d->window + d->n, p, n);
    d->n += n;
    d->total += n;
    find_heads(d, d->n - n);
    fill_heads(d);
}

void docx_bytes(docx *d, const void *bytes, size_t n)
{
    for (const char *p = bytes; n;) {
        size_t some = n < STEP ? n : STEP;
        take(d, p, some);
        p += some;
        n -= some;
    }
}

static bool ends_fold(ch_str s, ch_str end) { return s.n >= end.n && ch_str_eq_fold(ch_str_cut(s, s.n - end.n), end); }

/* Where Word keeps macros; whatever else it is called, its content type tells. */
static bool is_macro(ch_str name) { return ends_fold(name, CH_STR("vbaProject.bin")) || ends_fold(name, CH_STR("vbaData.xml")); }

static bool has_fold(ch_str text, ch_str word)
{
    for (size_t i = 0; i + word.n <= text.n; i++)
        if (ch_str_eq_fold((ch_str){text.p + i, word.n}, word)) return true;
    return false;
}

/* Content types are written out plainly: an entity or a declaration could hide what this looks for. */
static bool are_types(ch_str xml)
{
    return ch_str_find(xml, CH_STR("\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"")) >= 0 &&
           !has_fold(xml, CH_STR("macroEnabled")) && !has_fold(xml, CH_STR("vbaProject")) && ch_str_index(xml, '&') < 0 &&
           ch_str_find(xml, CH_STR("<!")) < 0;
}

static const part_head *head_at(const docx *d, uint64_t at)
{
    for (size_t i = 0; i < d->n_heads; i++)
        if (d->heads[i].at == at) return &d->heads[i];
    return NULL;
}

static bool has_word_types(const docx *d, const zip_entry *types)
{
    ch_str xml;
    const part_head *h = head_at(d, types->at);
    return h && types->size <= TYPES_MAX && zip_unpack(d->arena, (ch_str){h->p, h->n}, types, &xml) == CH_OK && are_types(xml);
}

bool docx_is_fine(const docx *d)
{
    zip_directory z;
    zip_entry e, types = {0};
    bool has_relations = false;
    size_t n_types = 0;
    size_t kept = d->n < KEPT ? d->n : KEPT; /* however the bytes came */
    ch_err end = zip_open(&z, (ch_str){d->window + d->n - kept, kept}, d->total);
    while (!end && !(end = zip_next(&z, &e))) {
        if (is_macro(e.name)) return false;
        if (ch_str_eq_fold(e.name, CH_STR("_rels/.rels"))) has_relations = true;
        if (!ch_str_eq_fold(e.name, CH_STR(TYPES))) continue;
        n_types++;
        types = e;
    }
    return end == CH_NOT_FOUND && has_relations && n_types == 1 && has_word_types(d, &types);
}
