#ifndef UNIT_MO_H
#define UNIT_MO_H
/* A .mo file in memory, as msgfmt writes it: rows in the order of their ids, the header first. */
#include "base/arena.h"

typedef struct mo_row {
    ch_str id, text;
} mo_row;
#define MO_HEADER(plural)                                                                                                                            \
    {                                                                                                                                                \
        CH_STR_INIT(""), CH_STR_INIT("Content-Type: text/plain; charset=UTF-8\n" plural)                                                             \
    }

static inline void mo_put(ch_buf *b, uint32_t word, bool swapped)
{
    if (swapped) word = __builtin_bswap32(word);
    ch_buf_put(b, (ch_str){(const char *)&word, sizeof word});
}

static inline ch_str mo_of(ch_arena *a, const mo_row *rows, uint32_t n, bool swapped)
{
    ch_buf head = ch_buf_in(a), strings = ch_buf_in(a);
    const uint32_t words[] = {0x950412de, 0, n, 28, 28 + 8 * n, 0, 28 + 16 * n};
    for (size_t i = 0; i < 7; i++) mo_put(&head, words[i], swapped);
    for (uint32_t i = 0; i < 2 * n; i++) {
        ch_str s = i < n ? rows[i].id : rows[i - n].text;
        mo_put(&head, (uint32_t)s.n, swapped);
        mo_put(&head, 28 + 16 * n + (uint32_t)strings.n, swapped);
        ch_buf_put(&strings, s);
        ch_buf_char(&strings, 0);
    }
    ch_buf_put(&head, ch_buf_str(&strings));
    return ch_buf_str(&head);
}
#endif
