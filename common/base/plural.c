/* "plural=(n==0) ? 0 : (n==1) ? 1 : 2": C's operators on unsigned numbers, evaluated as it is read; both arms are, and one counts. */
#include "base/catalogue.h"

enum { DEEPEST = 50 };

typedef struct reader {
    ch_str rest;
    uint64_t n;
    int depth;
    bool failed;
} reader;

static uint64_t conditional(reader *r);

static bool take(reader *r, const char *token)
{
    r->rest = ch_str_trim(r->rest);
    if (!ch_str_starts(r->rest, ch_str_of(token))) return false;
    r->rest = ch_str_cut(r->rest, strlen(token));
    return true;
}

static uint64_t number(reader *r)
{
    uint64_t value = 0;
    size_t i = 0;
    for (; i < r->rest.n && i < 9 && r->rest.p[i] >= '0' && r->rest.p[i] <= '9'; i++) value = value * 10 + (uint64_t)(r->rest.p[i] - '0');
    if (!i) r->failed = true;
    r->rest = ch_str_cut(r->rest, i);
    return value;
}

static uint64_t primary(reader *r)
{
    uint64_t value = 0;
    if (++r->depth > DEEPEST) r->failed = true;
    if (r->failed) return 0;
    if (take(r, "(")) {
        value = conditional(r);
        if (!take(r, ")")) r->failed = true;
    } else if (take(r, "!")) value = !primary(r);
    else if (take(r, "n")) value = r->n;
    else value = number(r);
    r->depth--;
    return value;
}

typedef enum operator{ MULTIPLY, DIVIDE, MODULO, ADD, SUBTRACT, AT_MOST, AT_LEAST, LESS, MORE, EQUAL, UNEQUAL, AND, OR } operator;
/* Longer names stand before their beginnings. */
static const struct {
    const char *name;
    int level;
} operators[] = {[MULTIPLY] = {"*", 6}, [DIVIDE] = {"/", 6},    [MODULO] = {"%", 6}, [ADD] = {"+", 5},  [SUBTRACT] = {"-", 5},
                 [AT_MOST] = {"<=", 4}, [AT_LEAST] = {">=", 4}, [LESS] = {"<", 4},   [MORE] = {">", 4}, [EQUAL] = {"==", 3},
                 [UNEQUAL] = {"!=", 3}, [AND] = {"&&", 2},      [OR] = {"||", 1}};
enum { TIGHTEST = 7, OPERATORS = sizeof operators / sizeof *operators };

static uint64_t apply(reader *r, operator op, uint64_t a, uint64_t b)
{
    if ((op == DIVIDE || op == MODULO) && b == 0) {
        r->failed = true;
        return 0;
    }
    switch (op) {
    case MULTIPLY: return a * b;
    case DIVIDE: return a / b;
    case MODULO: return a % b;
    case ADD: return a + b;
    case SUBTRACT: return a - b;
    case AT_MOST: return a <= b;
    case AT_LEAST: return a >= b;
    case LESS: return a < b;
    case MORE: return a > b;
    case EQUAL: return a == b;
    case UNEQUAL: return a != b;
    case AND: return a && b;
    case OR: return a || b;
    }
    return 0;
}

/* Operators of one level and all that bind tighter, from left to right. */
static uint64_t binary(reader *r, int level)
{
    if (level == TIGHTEST) return primary(r);
    uint64_t value = binary(r, level + 1);
    for (int op = 0; op < OPERATORS && !r->failed; op++) {
        if (operators[op].level != level || !take(r, operators[op].name)) continue;
        uint64_t right = binary(r, level + 1);
        value = apply(r, (operator)op, value, right);
        op = -1;
    }
    return value;
}

static uint64_t conditional(reader *r)
{
    if (++r->depth > DEEPEST) r->failed = true;
    uint64_t value = r->failed ? 0 : binary(r, 1);
    if (!r->failed && take(r, "?")) {
        uint64_t yes = conditional(r);
        if (!take(r, ":")) r->failed = true;
        uint64_t no = conditional(r);
        value = value ? yes : no;
    }
    r->depth--;
    return value;
}

bool ch_plural_form(ch_str expression, uint64_t n, uint64_t *form)
{
    reader r = {.rest = expression, .n = n};
    *form = conditional(&r);
    return !r.failed && !ch_str_trim(r.rest).n;
}
