/* The index's file with bytes changed: it is told from a sound one, or what it says is within bounds. The first eight bytes say where and to what,
 * several times. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

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
        ch_search_put(
            x,
            &(ch_search_doc){
                .id = ch_str_of(id), .version = 1, .title = CH_STR("Staff nurse"), .staff_group = CH_STR("a"), .locations = &at, .n_locations = 1});
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
    unlink(path);
    must(e == CH_OK || e == CH_MALFORMED);
    must(e || (n == good.n && x));
    ch_search_close(x);
    return 0;
}
