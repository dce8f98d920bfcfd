#include "documents/document_pages.h"

#include <sodium.h>

#include "base/crash.h"
#include "base/id.h"
#include "base/log.h"
#include "contracts/notes.h"
#include "documents/document.h"
#include "documents/document_store.h"
#include "documents/service.h"
#include "documents/sniff.h"
#include "store/files.h"

enum { PIECE = 32 << 10, STORED_PIECE = 255 << 10, PATH_MAX_BYTES = 300, DOCUMENTS_MOST = 50 };

/* ---- the list */

static void put_readings(ch_map *row, const ch_list *readings, ch_str document_id)
{
    for (size_t i = 0; i < readings->n; i++) {
        const reading *r = (const reading *)readings->p + i;
        if (!ch_str_eq(r->document, document_id)) continue;
        ch_map *one = ch_map_add(row, "readings");
        ch_map_str(one, "employer", r->organisation_name);
        ch_map_time(one, "at", r->at);
    }
}

ch_err document_list_page(ch_call *call)
{
    ch_list documents, readings;
    ch_map *m = ch_map_new(call->arena);
    CH_TRY(document_list(call->app, call->arena, call->who.id, &documents));
    CH_TRY(reading_list(call->app, call->arena, call->who.id, &readings));
    for (size_t i = 0; i < documents.n; i++) {
        const document *d = (const document *)documents.p + i;
        ch_map *row = ch_map_add(m, "documents");
        ch_map_str(row, "id", d->id);
        ch_map_str(row, "file", d->name);
        ch_map_str(row, "size", document_size_text(call->arena, d->size));
        ch_map_time(row, "created_at", d->created_at);
        put_readings(row, &readings, d->id);
    }
    return ch_reply_page(call, "documents", &(ch_page){.title = "Your documents", .section = "candidate", .back = "/candidate"}, m);
}

/* ---- uploading */

/* Back to where the upload was asked for: a path of this site. */
static ch_str local_path(ch_str to)
{
    bool fine = to.n > 1 && to.n <= PATH_MAX_BYTES && to.p[0] == '/' && to.p[1] != '/' && to.p[1] != '\\';
    for (size_t i = 0; fine && i < to.n; i++) fine = (unsigned char)to.p[i] > ' ' && to.p[i] != '\\';
    return fine ? to : CH_STR("/candidate/documents");
}

static ch_err draw_upload(ch_call *call, ch_str to)
{
    ch_map *m = ch_map_new(call->arena);
    ch_map_str(m, "to", to);
    ch_map_int(m, "max_mb", documents_upload_max_mb(call->app));
    const ch_fault *fault = ch_fault_of(&call->faults, CH_STR("file"));
    ch_map_bool(m, "has_error", fault != NULL);
    if (fault) ch_map_str(m, "error", fault->message);
    return ch_reply_page(call, "document_upload", &(ch_page){.title = "Upload your CV", .section = "candidate", .back_str = to}, m);
}

ch_err document_upload_page(ch_call *call) { return draw_upload(call, local_path(ch_pairs_get(&call->query_pairs, "to"))); }

typedef struct upload {
    ch_call *call;
    ch_file *file;
    sniffer sniff;
    crypto_hash_sha256_state hash;
    int64_t size;
} upload;

/* NULL when the piece is fine; else why the file is refused, "" when the store did not take it. */
static const char *take_piece(upload *u, const char *p, size_t n)
{
    u->size += (int64_t)n;
    int64_t max_mb = documents_upload_max_mb(u->call->app);
    if (u->size > max_mb << 20) return ch_text(u->call, "The file must be at most %lld MB", (long long)max_mb).p;
    if (ch_now() - u->call->now > DOCUMENT_UPLOAD_MOST) return ch_text(u->call, "The upload took too long").p;
    sniff_bytes(&u->sniff, p, n);
    if (!sniff_possible(&u->sniff)) return ch_text(u->call, "The file must be a PDF, a Word document (DOCX) or plain text").p;
    crypto_hash_sha256_update(&u->hash, (const unsigned char *)p, n);
    if (ch_file_write(u->file, p, n)) return "";
    if (u->size > 2 * STORED_PIECE) ch_crash_point("document_piece_written");
    return NULL;
}

/* From the part into GridFS, piece by piece: memory does not grow with the file. */
static ch_err stream(upload *u, const char **refused)
{
    char piece[PIECE];
    int64_t n;
    *refused = NULL;
    while (!*refused && (n = ch_part_read(u->call, piece, sizeof piece)) > 0) *refused = take_piece(u, piece, (size_t)n);
    if (*refused && !**refused) return CH_UNAVAILABLE;
    if (!*refused && n < 0) return CH_MALFORMED;
    if (!*refused && !u->size) *refused = ch_text(u->call, "Choose a file").p;
    if (!*refused && sniff_is_cut(&u->sniff))
        *refused = ch_text(u->call, "The end of the PDF is missing. Save or download it again, then upload it").p;
    if (!*refused && sniff_end(&u->sniff) == SNIFF_UNKNOWN)
        *refused = ch_text(u->call, "The file must be a PDF, a Word document (DOCX) or plain text, without macros or a password").p;
    return CH_OK;
}

static ch_str hex_of(upload *u)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    ch_buf b = ch_buf_in(u->call->arena);
    crypto_hash_sha256_final(&u->hash, digest);
    ch_put_hex(&b, (ch_str){(const char *)digest, sizeof digest});
    return ch_buf_str(&b);
}

/* Nobody fills the store alone. */
static ch_err check_count(ch_call *call, const char **refused)
{
    int64_t n;
    CH_TRY(document_count(call->app, call->who.id, &n));
    *refused = n < DOCUMENTS_MOST ? NULL : ch_text(call, "You have %d documents, as many as we keep. Delete one first", DOCUMENTS_MOST).p;
    return CH_OK;
}

static ch_err store_file(ch_call *call, const ch_part *part, document *d, const char **refused)
{
    upload u = {.call = call};
    *d = (document){.id = ch_id_new(call->arena),
                    .person = call->who.id,
                    .name = document_clean_name(call->arena, part->filename),
                    .state = CH_STR("kept"),
                    .created_at = call->now};
    sniff_begin(&u.sniff, call->arena);
    crypto_hash_sha256_init(&u.hash);
    u.file = ch_file_create(call->app->store, d->id, d->id);
    if (!u.file) return CH_UNAVAILABLE;
    ch_err e = stream(&u, refused);
    if (e || *refused) {
        ch_file_abort(u.file);
        return e;
    }
    d->size = u.size;
    d->type = ch_str_of(sniff_mime(sniff_end(&u.sniff)));
    d->hash = hex_of(&u);
    CH_TRY(ch_file_commit(u.file));
    ch_crash_point("document_file_kept");
    e = document_create(call->app, d);
    if (e) ch_file_delete(call->app->store, d->id);
    return e;
}

static ch_err reply_receipt(ch_call *call, ch_str to, const document *d)
{
    receipt_note note = {.document = d->id, .name = d->name, .hash = d->hash, .person = d->person};
    ch_str receipt = ch_note_sign(call->app, call->arena, CH_NOTE_RECEIPT, &receipt_note_table, &note, call->now + 10 * CH_MINUTE);
    const char *separator = ch_str_index(to, '?') < 0 ? "?" : "&";
    CH_LOG(CH_INFO, "document_kept", CH_KS("document", d->id), CH_KI("size", d->size));
    ch_notice(call, "%.*s is uploaded.", CH_ARG(d->name));
    return ch_reply_redirect(call, ch_arena_printf(call->arena, "%.*s%sreceipt=%.*s", CH_ARG(to), separator, CH_ARG(receipt)));
}

/* The form sends csrf and to before the file, so that nothing is stored for a forged one. */
ch_err document_upload_post(ch_call *call)
{
    ch_part part;
    ch_str to = CH_STR("/candidate/documents"), text;
    bool checked = false;
    ch_err e;
    while ((e = ch_part_next(call, &part)) == CH_OK) {
        if (ch_str_is(part.name, "csrf")) {
            CH_TRY(ch_part_text(call, 300, &text));
            CH_TRY(ch_csrf_field_ok(call, text));
            checked = true;
        } else if (ch_str_is(part.name, "to")) {
            CH_TRY(ch_part_text(call, PATH_MAX_BYTES, &text));
            to = local_path(text);
        } else if (ch_str_is(part.name, "file")) {
            document d;
            const char *refused;
            if (!checked) return CH_FORBIDDEN;
            CH_TRY(check_count(call, &refused));
            if (!refused) CH_TRY(store_file(call, &part, &d, &refused));
            if (!refused) return reply_receipt(call, to, &d);
            ch_refuse(call, "file", "%s", refused);
            return draw_upload(call, to);
        }
    }
    if (e != CH_NOT_FOUND) return e;
    ch_refuse(call, "file", "Choose a file");
    return draw_upload(call, to);
}

/* ---- opening */

static int64_t read_file(void *p, void *to, size_t n) { return ch_file_read(p, to, n); }

static void close_file(void *p) { ch_file_close(p); }

static ch_err send_file(ch_call *call, const document *d)
{
    ch_file *file = ch_file_open(call->app->store, d->id);
    if (!file) return CH_UNAVAILABLE;
    ch_reply_header(call, "Content-Disposition", document_disposition(call->arena, d->name, d->type));
    ch_reply_header(call, "Content-Security-Policy",
                    CH_STR("sandbox; default-src 'none'; frame-ancestors 'none'")); /* where it is shown all the same */
    ch_reply_header(call, "Cache-Control", CH_STR("no-store"));
    return ch_reply_stream(call, 200, ch_arena_z(call->arena, d->type), &(ch_source){read_file, close_file, file, d->size});
}

ch_err document_own_file(ch_call *call)
{
    document d;
    CH_TRY(document_get(call->app, call->arena, call->who.id, ch_param(call, "id"), &d));
    return send_file(call, &d);
}

ch_err document_delete_page(ch_call *call)
{
    document d;
    CH_TRY(document_get(call->app, call->arena, call->who.id, ch_param(call, "id"), &d));
    return ch_reply_confirm(
        call,
        &(ch_confirm){
            .section = "candidate",
            .question = CH_STR("Delete this document?"),
            .caption = d.name,
            .texts = {CH_STR("The file is taken away for good. Employers can no longer open it, also where you have sent it with an application; "
                             "the application itself stays."),
                      CH_STR("In applications that you have not sent yet, choose another document.")},
            .action = ch_arena_printf(call->arena, "/candidate/documents/%.*s/delete", CH_ARG(d.id)),
            .button = "Delete document",
            .back = CH_STR("/candidate/documents"),
            .keep = "Keep it"});
}

ch_err document_delete_post(ch_call *call)
{
    document d;
    CH_TRY(document_get(call->app, call->arena, call->who.id, ch_param(call, "id"), &d));
    CH_TRY(document_delete(call->app, &d, call->now));
    ch_notice(call, "The document is deleted.");
    return ch_reply_redirect(call, CH_STR("/candidate/documents"));
}

/* The reading is written down before the first byte goes out. */
ch_err document_open_file(ch_call *call)
{
    capability_note note = {0};
    document d;
    ch_str text = ch_pairs_get(&call->query_pairs, "capability"), id = ch_param(call, "id");
    if (!ch_note_open(call->app, call->arena, CH_NOTE_CAPABILITY, text, call->now, &capability_note_table, &note)) return CH_FORBIDDEN;
    if (!ch_str_eq(note.document, id) || !ch_str_eq(note.reader, call->who.id) || !ch_principal_membership(&call->who, note.organisation))
        return CH_FORBIDDEN;
    CH_TRY(document_get_any(call->app, call->arena, id, &d));
    reading r = {.id = ch_id_new(call->arena),
                 .document = id,
                 .person = d.person,
                 .organisation = note.organisation,
                 .organisation_name = note.organisation_name,
                 .reader = call->who.id,
                 .at = call->now};
    CH_TRY(reading_create(call->app, &r));
    CH_LOG(CH_INFO, "document_read", CH_KS("document", id), CH_KS("organisation", note.organisation), CH_KS("reader", call->who.id));
    return send_file(call, &d);
}
