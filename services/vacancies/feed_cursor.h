#ifndef VACANCIES_FEED_CURSOR_H
#define VACANCIES_FEED_CURSOR_H
/* Where the numbered pages of a feed begin. The index knows cursors, not numbers; consumers walk page after page, so
 * the page that was just served leaves behind where the next one starts. Of this process, bounded; what is not there
 * costs time, never a wrong answer. Any thread. */
#include "base/clock.h"

/* The nearest page at or before `page` whose beginning is known; its cursor in the arena. 1 with an empty cursor: none.
 */
int64_t feed_cursor_find(ch_arena *a, uint64_t search, int64_t page, ch_time now, ch_str *cursor);
/* Page `page` (from 2) of that search begins at the cursor. Cursors longer than 120 bytes are not kept. */
void feed_cursor_keep(uint64_t search, int64_t page, ch_time now, ch_str cursor);
#endif
