/* What the sweep of deleted documents does when the store will not: the store is this file's. */
#include "documents/document_store.h"
#include "store/files.h"
#include "unit.h"

static ch_err file_says;
static int saved;

ch_err ch_file_delete(ch_store *s, ch_str id) { return (void)s, (void)id, file_says; }
ch_err ch_file_ids(ch_store *s, ch_str after, ch_str before, int64_t most, ch_arena *a, ch_list *out)
{
    return (void)s, (void)after, (void)before, (void)most, (void)a, *out = (ch_list){0}, CH_OK;
}
ch_err ch_store_find(ch_store *s, const ch_collection *c, ch_scope scope, const ch_find *find, ch_arena *a, ch_list *out)
{
    (void)s, (void)c, (void)scope, (void)find;
    document *d = CH_NEW(a, document);
    *d = (document){.id = CH_STR("1"), .person = CH_STR("2"), .state = CH_STR("deleted"), .version = 2};
    *out = (ch_list){d, 1};
    return CH_OK;
}
ch_err ch_store_save(ch_store *s, const ch_collection *c, ch_scope scope, void *obj, uint64_t which, const ch_write *write)
{
    return (void)s, (void)c, (void)scope, (void)obj, (void)which, (void)write, saved++, CH_OK;
}
ch_err ch_store_get(ch_store *s, const ch_collection *c, ch_scope scope, ch_str id, ch_arena *a, void *out)
{
    return (void)s, (void)c, (void)scope, (void)id, (void)a, (void)out, CH_NOT_FOUND;
}
ch_err ch_store_create(ch_store *s, const ch_collection *c, ch_scope scope, void *obj, const ch_write *write)
{
    return (void)s, (void)c, (void)scope, (void)obj, (void)write, CH_OK;
}
ch_err ch_store_keep(ch_store *s, const ch_collection *c, const void *obj) { return (void)s, (void)c, (void)obj, CH_OK; }
ch_err ch_store_count(ch_store *s, const ch_collection *c, ch_scope scope, const bson_t *filter, int64_t *out)
{
    return (void)s, (void)c, (void)scope, (void)filter, *out = 0, CH_OK;
}

static int saved_when(ch_err file)
{
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(1024);
    ch_app app = {0};
    file_says = file;
    saved = 0;
    document_sweep(&app, a);
    return saved;
}

START_TEST(a_document_is_gone_only_when_its_file_is)
{
    ck_assert_int_eq(saved_when(CH_OK), 1);
    ck_assert_int_eq(saved_when(CH_NOT_FOUND), 1); /* a run before this one got so far */
    ck_assert_int_eq(saved_when(CH_INTERNAL), 0);
    ck_assert_int_eq(saved_when(CH_UNAVAILABLE), 0);
}
END_TEST

UNIT_MAIN("sweep", a_document_is_gone_only_when_its_file_is)
