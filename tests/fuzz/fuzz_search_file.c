/* The index's file with bytes changed: it is told from a sound one; and where its check sum is made right again, it is refused or answers within
 * bounds. Eight bytes say where and to what, several times. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "search/file.h"
#include "search/search.h"
#include "thing.h"

static ch_str sound(void)
{
    static char bytes[1 << 20];
    char path[64];
    snprintf(path, sizeof path, "/tmp/fuzz-search-%d", (int)getpid());
    ch_search_index *x = ch_search_open();
    for (int i = 0; i < 20; i++) {
        char id[16];
        ch_search_location at = {CH_STR("Leeds"), CH_STR("LS1"), 53.8, -1.5};
        snprintf(id, sizeof id, "v%d", i);
        ch_search_put(x, &(ch_search_doc){.id = ch_str_of(id),
                                          .version = 1,
                                          .title = i % 7 ? CH_STR("Staff nurse") : CH_STR("Staff nurse, rare night"),
                                          .staff_group = CH_STR("a"),
                                          .locations = &at,
                                          .n_locations = 1});
    }
    ch_search_remove(x, CH_STR("v3"), 2);
    must(ch_search_save(x, path) == CH_OK);
    ch_search_close(x);
    FILE *f = fopen(path, "rb");
    must(f != NULL);
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    unlink(path);
    return (ch_str){bytes, n};
}

/* Whatever it says: words of both kinds of list, a phrase, a circle, facets. */
static void ask(ch_search_index *x)
{
    static const char *const texts[] = {"", "staff nurse", "\"staff nurse\"", "staff rare", "night -nurse", "stff"};
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(16 << 10);
    ch_search_result r;
    ch_str code = CH_STR("a");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int near = 0; near < 2; near++) {
            ch_search_query q = {
                .text = ch_str_of(texts[i]), .has_place = near, .lat = 53.8, .lon = -1.5, .radius_m = 20000, .limit = 20, .facets = 63};
            q.filters[CH_FACET_STAFF_GROUP].codes = &code;
            q.filters[CH_FACET_STAFF_GROUP].n = (size_t)near;
            ch_search_run(x, &q, a, &r);
        }
    ch_search_similar(x, CH_STR("v1"), 0, 5, a, &r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static ch_str good;
    static char bent[1 << 20];
    char path[64];
    if (!good.n) good = sound();
    memcpy(bent, good.p, good.n);
    size_t n = good.n;
    for (size_t i = 0; i + 8 <= size; i += 8) {
        uint32_t at;
        memcpy(&at, data + i, 4);
        if (data[i + 4] == 255) n = at % (good.n + 1);
        else bent[at % good.n] = (char)data[i + 5];
    }
    snprintf(path, sizeof path, "/tmp/fuzz-search-%d", (int)getpid());
    int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    must(fd >= 0 && write(fd, bent, n) == (ssize_t)n);
    close(fd);
    ch_search_index *x = NULL;
    ch_err e = ch_search_load(path, &x);
    must(e == CH_OK || e == CH_MALFORMED);
    must(e || (n == good.n && x));
    ch_search_close(x);
    if (search_file_seal(path) && ch_search_load(path, &x) == CH_OK) {
        ask(x);
        ch_search_close(x);
    }
    unlink(path);
    return 0;
}
