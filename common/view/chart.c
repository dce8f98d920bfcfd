#include "view/chart.h"

enum { WIDTH = 360, LABEL = 124, VALUE = 40, ROW = 26, TOP = 6 };

static double largest(const ch_point *points, size_t n)
{
    double most = 1;
    for (size_t i = 0; i < n; i++)
        if (points[i].value > most) most = points[i].value;
    return most;
}

static void put_bar(ch_buf *b, const ch_point *p, size_t i, double most)
{
    int y = TOP + (int)i * ROW;
    double width = p->value / most * (WIDTH - LABEL - VALUE);
    ch_buf_printf(b, "<text class=\"ch-chart__label\" x=\"%d\" y=\"%d\" text-anchor=\"end\">", LABEL - 8, y + 18);
    ch_put_html(b, p->label);
    ch_buf_printf(b, "</text><rect class=\"ch-chart__bar\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>", LABEL, y + 3,
                  width < 1 && p->value > 0 ? 1 : width, ROW - 8);
    ch_buf_printf(b, "<text class=\"ch-chart__value\" x=\"%.1f\" y=\"%d\">%g</text>", LABEL + width + 6, y + 18, p->value);
}

ch_str ch_chart_bars(ch_arena *a, ch_str title, const ch_point *points, size_t n)
{
    ch_buf b = ch_buf_in(a);
    double most = largest(points, n);
    ch_buf_printf(&b, "<svg class=\"ch-chart\" role=\"img\" aria-label=\"");
    ch_put_html(&b, title);
    ch_buf_printf(&b, "\" viewBox=\"0 0 %d %d\" xmlns=\"http://www.w3.org/2000/svg\"><title>", WIDTH, TOP + (int)n * ROW + TOP);
    ch_put_html(&b, title);
    ch_buf_put(&b, CH_STR("</title>"));
    for (size_t i = 0; i < n; i++) put_bar(&b, &points[i], i, most);
    ch_buf_put(&b, CH_STR("</svg>"));
    return ch_buf_str(&b);
}
