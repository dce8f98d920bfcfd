#include <stdio.h>

#include "http/exchange.h"

static const char *const method_names[CH_METHODS] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

const char *ch_method_name(ch_method m) { return method_names[m]; }

/* What most of a table is turned down by: what stands before the first parameter. */
static bool begins_otherwise(const char *pattern, ch_str path)
{
    for (size_t i = 0; pattern[i] && pattern[i] != '{'; i++)
        if (i == path.n || pattern[i] != path.p[i]) return true;
    return false;
}

/* Walks pattern and path segment by segment; parameters are kept decoded as sent (ids and codes need no escapes). */
static bool path_matches(ch_str pattern, ch_str path, ch_path_params *out)
{
    ch_str want, have;
    for (out->n = 0;;) {
        bool more = ch_str_split(&pattern, '/', &want), there = ch_str_split(&path, '/', &have);
        if (!more || !there) return more == there;
        if (want.n > 2 && want.p[0] == '{' && out->n < CH_PATH_PARAMS) {
            if (!have.n) return false;
            out->p[out->n].name = (ch_str){want.p + 1, want.n - 2};
            out->p[out->n++].value = have;
        } else if (!ch_str_eq(want, have)) return false;
    }
}

/* More literal segments win: /vacancies/new before /vacancies/{id}, whatever their order in the table. */
static int literal_length(const ch_route *r)
{
    int n = 0;
    bool inside = false;
    for (const char *p = r->path; *p; p++) {
        if (*p == '{') inside = true;
        n += !inside;
        if (*p == '}') inside = false;
    }
    return n;
}

const ch_route *ch_route_match(const ch_route *routes, ch_str method, ch_str path, ch_path_params *params, unsigned *allowed)
{
    const ch_route *best = NULL;
    ch_path_params found = {0};
    *allowed = 0;
    params->n = 0;
    for (const ch_route *r = routes; r->path; r++) {
        if (begins_otherwise(r->path, path) || !path_matches(ch_str_of(r->path), path, &found)) continue;
        *allowed |= 1u << r->method;
        if (!ch_str_is(method, method_names[r->method]) || (best && literal_length(best) >= literal_length(r))) continue;
        best = r;
        *params = found;
    }
    return best;
}

static const char *row_mistake(const ch_route *r)
{
    if (!r->who) return "no role";
    if (!r->summary) return "no summary";
    if (!r->handle) return "no handler";
    if (!(r->flags & (CH_PAGE | CH_API | CH_FEED))) return "neither page nor API nor feed";
    if (!(r->flags & CH_FEED) != !r->type) return "a feed without its media type, or a media type of what is no feed";
    if (r->flags & CH_VERSIONED && !r->output) return "a version of nothing";
    if (strstr(r->path, "{org}") && !(r->who & (CH_ROLES_OF_ORG | CH_ROLE_DEPARTMENT))) return "{org} without a role in it";
    if (r->flags & CH_API && r->method != CH_GET && r->who & CH_ANYONE && !(r->flags & CH_TOKEN_FORM)) return "anyone may write";
    if (r->input && r->method == CH_GET) return "a GET with a body";
    return NULL;
}

const char *ch_routes_mistake(const ch_route *routes)
{
    static _Thread_local char text[160];
    for (const ch_route *r = routes; r->path; r++) {
        const char *mistake = row_mistake(r);
        for (const ch_route *other = routes; other < r; other++)
            if (other->method == r->method && !strcmp(other->path, r->path)) mistake = "twice";
        if (!mistake) continue;
        snprintf(text, sizeof text, "%s %s: %s", method_names[r->method], r->path, mistake);
        return text;
    }
    return NULL;
}
