#include "notifications/mail_sender.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "auth/seal.h"
#include "base/crash.h"
#include "base/id.h"
#include "base/log.h"
#include "data/json.h"
#include "notifications/message.h"
#include "notifications/message_store.h"
#include "notifications/mime.h"
#include "notifications/service.h"

enum { POLL_MS = 500, TIMEOUT_S = 20, THREADS_MAX = 16, CANNOT_BE_MADE = 599, GO_ON = 354 };

static struct {
    ch_app *app;
    ch_str seal_secret;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    unsigned due;
    atomic_bool stopping;
    pthread_t threads[THREADS_MAX];
    int n;
    atomic_long sent, failed, retried, in_doubt;
} sender = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

/* ---- one mail's text and address */

typedef struct envelope {
    ch_str email, name, subject, text, link, link_text;
    const ch_language *language; /* NULL: English */
    bool spoken;                 /* all of it in that language */
} envelope;

/* A link came sealed: its text is made here, where it can be opened. */
static ch_err open_link(ch_arena *a, const message_rule *rule, ch_str plain, const ch_language *language, envelope *out)
{
    sealed_link l = {0};
    ch_faults faults = {.arena = a};
    message_said said;
    CH_TRY(ch_json_read(a, plain, &sealed_link_table, &l, 0, &faults));
    ch_map *m = ch_map_new(a);
    ch_map_set(m, "organisation", ch_v_html(l.organisation));
    ch_map_set(m, "person_name", ch_v_html(l.name));
    CH_TRY(message_say(a, sender.app->view, language, rule, ch_v_map(m), &said));
    *out = (envelope){.email = l.email, .name = l.name, .link = l.link, .subject = said.subject, .text = said.text};
    return CH_OK;
}

static ch_err open_mail(ch_arena *a, const mail *m, envelope *out)
{
    const message_rule *rule = message_rule_of_kind(m->kind);
    ch_str plain;
    if (!rule) return CH_INVALID;
    CH_TRY(ch_seal_open(a, sender.app->seal_public, sender.seal_secret, m->sealed, &plain));
    *out = (envelope){.email = plain, .name = m->name, .subject = m->subject, .text = m->text, .link = m->link};
    const ch_language *language = ch_language_of(sender.app, m->language);
    if (!rule->link) CH_TRY(open_link(a, rule, plain, language, out));
    out->link_text = ch_str_of(ch_gettext(language ? language->words : NULL, rule->link_text));
    out->language = language;
    out->spoken = message_is_spoken(a, language, rule) && ch_view_speaks(language->view, "mail_html");
    return mime_address_ok(out->email) ? CH_OK : CH_INVALID;
}

/* For Content-Language: what it is read in. Where a text had no translation, both. */
static ch_str languages_of(ch_arena *a, const envelope *e)
{
    if (!e->language) return CH_STR("");
    return e->spoken ? ch_str_of(e->language->code) : ch_arena_printf(a, "%s, en", e->language->code);
}

static ch_str build(ch_arena *a, const mail *m, const envelope *e)
{
    ch_buf html = ch_buf_in(a);
    ch_map *c = ch_map_new(a);
    ch_str from = notifications_config_of(sender.app)->mail_from;
    ptrdiff_t at = ch_str_index(from, '@');
    ch_str domain = ch_str_cut(from, at < 0 ? 0 : (size_t)at + 1);
    ch_map_str(c, "subject", e->subject);
    ch_map_z(c, "language_code", e->spoken ? e->language->code : "en-GB");
    ch_map_str(c, "link", e->link);
    ch_map_str(c, "link_text", e->link_text);
    message_paragraphs(c, e->text);
    ch_map_str(c, "preheader", message_preheader(e->text));
    ch_view_render(e->language ? e->language->view : sender.app->view, &html, "mail_html", ch_v_map(c));
    mime_mail mime = {.from = from,
                      .to = e->email,
                      .to_name = e->name,
                      .subject = e->subject,
                      .languages = languages_of(a, e),
                      .date = m->created_at,
                      .message_id = ch_arena_printf(a, "%.*s@%.*s", CH_ARG(m->id), CH_ARG(domain)),
                      .list_id = ch_arena_printf(a, "notifications.%.*s", CH_ARG(domain)),
                      .text = ch_arena_printf(a, "%.*s\n\n%.*s:\n%.*s\n\n-- \nCommonhire", CH_ARG(e->text), CH_ARG(e->link_text), CH_ARG(e->link)),
                      .html = ch_buf_str(&html)};
    return mime_build(a, &mime);
}

/* ---- SMTP */

static size_t give(char *to, size_t size, size_t n, void *arg)
{
    ch_str *rest = arg;
    size_t most = size * n < rest->n ? size * n : rest->n;
    memcpy(to, rest->p, most);
    *rest = ch_str_cut(*rest, most);
    return most;
}

/* The handle keeps its connection. 0: accepted; else the server's last answer, or -1 when there was none. GO_ON: it was given the mail, and
 * what it made of it was never heard. */
static long deliver(CURL *curl, ch_arena *a, const envelope *e, ch_str bytes)
{
    const notifications_config *config = notifications_config_of(sender.app);
    struct curl_slist *to = curl_slist_append(NULL, ch_arena_printf(a, "<%.*s>", CH_ARG(e->email)).p);
    long code = 0;
    curl_easy_setopt(curl, CURLOPT_URL, config->smtp_url.p);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ch_arena_printf(a, "<%.*s>", CH_ARG(config->mail_from)).p);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_READDATA, &bytes);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    CURLcode result = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    curl_slist_free_all(to);
    return result == CURLE_OK ? 0 : code ? code : -1;
}

/* Only what says that this address or this mail will never do (RFC 5321, section 4.2.3). Any other 5xx is our relay's or our own fault, and may pass.
 */
static bool is_final(long answer)
{
    return answer == 550 || answer == 551 || answer == 552 || answer == 553 || answer == 556 || answer == CANNOT_BE_MADE;
}

/* Up to a fifth longer, so that what failed together does not come back together. */
static ch_time scattered(const mail *m, ch_time pause)
{
    return pause + (ch_time)((ch_hash(m->id) + (uint64_t)m->attempts * 7919) % (uint64_t)(pause / 5 + 1));
}

static void record(mail *m, long answer)
{
    ch_time pause = mail_pause(m->attempts), now = ch_now();
    if (answer == 0) {
        m->state = CH_STR("sent");
        m->sent_at = now;
        sender.sent++;
    } else if (is_final(answer) || pause < 0) {
        m->state = CH_STR("failed");
        sender.failed++;
    } else {
        m->state = CH_STR("queued");
        m->next_at = now + scattered(m, pause);
        sender.retried++;
    }
    if (answer == GO_ON) {
        m->in_doubt++;
        sender.in_doubt++;
    }
    if (answer)
        CH_LOG(CH_WARN, "mail_not_sent", CH_KS("mail", m->id), CH_KI("answer", answer), CH_KI("attempts", m->attempts), CH_KS("state", m->state));
    mail_save(sender.app, m); /* not saved: the lease runs out and it is tried again, in doubt */
}

static void send_one(CURL *curl, ch_arena *a, mail *m)
{
    envelope e;
    if (open_mail(a, m, &e)) {
        record(m, CANNOT_BE_MADE);
        return;
    }
    ch_crash_point("mail_before_send");
    long answer = deliver(curl, a, &e, build(a, m, &e));
    ch_crash_point("mail_after_250");
    record(m, answer);
}

/* ---- threads */

static void wait_for_due(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += POLL_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&sender.lock);
    if (!sender.due && !sender.stopping) pthread_cond_timedwait(&sender.wake, &sender.lock, &until);
    if (sender.due) sender.due--;
    pthread_mutex_unlock(&sender.lock);
}

static void *send_loop(void *unused)
{
    CURL *curl = curl_easy_init();
    CH_AUTO_ARENA ch_arena *a = ch_arena_new(16 << 10);
    char owner[27] = {0};
    memcpy(owner, ch_id_new(a).p, 26);
    while (!sender.stopping) {
        mail m = {0};
        bool orphan;
        ch_arena_reset(a);
        ch_err e = mail_claim(sender.app, a, ch_str_of(owner), ch_now(), notifications_config_of(sender.app)->lease_ms, &m, &orphan);
        if (e == CH_OK) {
            ch_crash_point("mail_claimed");
            if (orphan) sender.in_doubt++;
            send_one(curl, a, &m);
            ch_crash_point("mail_recorded");
        } else wait_for_due();
    }
    curl_easy_cleanup(curl);
    return unused;
}

void mail_sender_wake(void)
{
    pthread_mutex_lock(&sender.lock);
    sender.due++;
    pthread_cond_signal(&sender.wake);
    pthread_mutex_unlock(&sender.lock);
}

ch_err mail_sender_start(ch_app *app)
{
    sender.app = app;
    if (ch_key_read(app, "seal.key", &sender.seal_secret)) {
        CH_LOG(CH_ERROR, "key_missing", CH_KZ("key", "seal.key"));
        return CH_INTERNAL;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    sender.n = (int)notifications_config_of(app)->senders;
    for (int i = 0; i < sender.n; i++)
        if (pthread_create(&sender.threads[i], NULL, send_loop, NULL)) abort();
    return CH_OK;
}

ch_str mail_sender_open(ch_arena *a, ch_str sealed)
{
    ch_str plain;
    return ch_seal_open(a, sender.app->seal_public, sender.seal_secret, sealed, &plain) == CH_OK ? plain : CH_STR("");
}

void mail_sender_stop(void)
{
    sender.stopping = true;
    for (int i = 0; i < sender.n; i++) mail_sender_wake();
    for (int i = 0; i < sender.n; i++) pthread_join(sender.threads[i], NULL);
}

void mail_sender_metrics(ch_buf *b)
{
    ch_buf_printf(
        b,
        "# TYPE mails_total counter\nmails_total{result=\"sent\"} %ld\nmails_total{result=\"failed\"} %ld\nmails_total{result=\"retried\"} %ld\n"
        "mails_total{result=\"in_doubt\"} %ld\n",
        (long)sender.sent, (long)sender.failed, (long)sender.retried, (long)sender.in_doubt);
}
