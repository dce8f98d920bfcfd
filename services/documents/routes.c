#include "contracts/upload.h"
#include "documents/document_pages.h"
#include "documents/document_store.h"
#include "documents/service.h"

#define PAGE(m, where, fn, text, ...)                                                                                                                \
    {                                                                                                                                                \
        .method = m, .path = where, .who = CH_SIGNED_IN, .flags = CH_PAGE, .handle = fn, .summary = text, ##__VA_ARGS__                              \
    }
/* The file, and what a form puts round it. */
static int64_t upload_body_most(const ch_app *app) { return (documents_upload_max_mb(app) + 1) << 20; }

static const ch_route routes[] = {
    PAGE(CH_GET, "/candidate/documents", document_list_page, "One's documents and who opened them"),
    PAGE(CH_GET, "/candidate/documents/new", document_upload_page, "Upload a document"),
    {.method = CH_POST,
     .path = "/candidate/documents/new",
     .who = CH_SIGNED_IN,
     .flags = CH_PAGE | CH_STREAM,
     .handle = document_upload_post,
     .max_body_of = upload_body_most,
     .per_minute = 60,
     .summary = "Upload a document"},
    PAGE(CH_GET, "/candidate/documents/{id}", document_own_file, "One's own document"),
    PAGE(CH_GET, "/candidate/documents/{id}/delete", document_delete_page, "Before deleting a document"),
    PAGE(CH_POST, "/candidate/documents/{id}/delete", document_delete_post, "Delete a document"),
    PAGE(CH_GET, "/documents/{id}", document_open_file, "Open a document with a capability"),
    {0},
};

static void run_sweep(void *ctx, ch_arena *a)
{
    document_sweep(ctx, a);
    document_sweep_orphans(ctx, a, ch_now());
}

static const ch_config_row config[] = {CH_UPLOAD_SETTING(documents_config, upload_max_mb), {0}};

extern const ch_embedded documents_templates[];
static const ch_collection *const collections[] = {&document_collection, &reading_collection, &sweep_collection, NULL};
static const ch_schedule schedules[] = {{"document-sweep", 60000, run_sweep}, {0}};

const ch_service documents_service = {.name = "documents",
                                      .doc = "files: streamed in, sniffed, opened for a minute at a time",
                                      .routes = routes,
                                      .templates = documents_templates,
                                      .collections = collections,
                                      .schedules = schedules,
                                      .config = config,
                                      .config_size = sizeof(documents_config)};
