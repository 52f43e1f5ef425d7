#include "plots/draw/page.h"

#include "core/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

static const char *page_entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void pf_page_escaped(const char *text, FILE *stream)
{
    for (; *text; text++) {
        const char *entity = page_entity(*text);
        if (entity)
            fputs(entity, stream);
        else if (!iscntrl((unsigned char)*text) || *text == '\n' || *text == '\t')
            putc(*text, stream);
    }
}

static void page_element(pf_page *page, const char *tag, const char *text)
{
    fprintf(page->stream, "<%s>", tag);
    pf_page_escaped(text, page->stream);
    fprintf(page->stream, "</%s>\n", tag);
}

static const char page_style[] =
    "body{font:16px/1.5 system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;"
    "color:#1c1c1c;background:#fff;max-width:70rem;margin:0 auto;padding:1rem}\n"
    "h1{line-height:1.2;margin:.5rem 0}h2{margin:2.5rem 0 .5rem;border-bottom:1px solid #ccc}\n"
    "h3{margin:1.5rem 0 .3rem}p{max-width:46rem}p.subtitle{color:#555;margin-top:0}\n"
    "p.note,p.good,p.bad{padding:.6rem .9rem;border-left:4px solid #999;background:#f5f5f5}\n"
    "p.good{border-color:#009e73}p.bad{border-color:#d55e00}\n"
    "nav ul{columns:20rem;padding-left:1.2rem}nav a,h2{overflow-wrap:anywhere}\n"
    "div.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.875rem;"
    "margin:.5rem 0 1rem}\n"
    "p.caption{color:#555;font-size:.9rem;max-width:60rem;margin-bottom:.2rem}\n"
    "th,td{padding:.25rem .6rem;text-align:left;border-bottom:1px solid #e4e4e4;"
    "vertical-align:top}\n"
    "th{cursor:pointer;border-bottom:2px solid #999;white-space:nowrap}\n"
    "td.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\n"
    "figure{margin:1rem 0}figure svg{max-width:100%;height:auto;display:block}\n"
    "figcaption{color:#555;font-size:.9rem;max-width:60rem}\n"
    "p.files{font-size:.875rem;color:#555}\n"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f5f5f5;padding:.8rem;"
    "font-size:.8rem}\n"
    "@media print{body{max-width:none;padding:0;font-size:10pt}nav,p.files{display:none}\n"
    "h2,h3{break-after:avoid}figure,tr{break-inside:avoid}div.scroll{overflow:visible}}\n";

/* Sorts by the clicked column, numbers as numbers; a second click turns the order. */
static const char page_script[] =
    "document.querySelectorAll('th').forEach(function(th){th.onclick=function(){\n"
    "var body=th.closest('table').tBodies[0],i=th.cellIndex,up=th.dataset.up!=='1';\n"
    "th.dataset.up=up?'1':'0';\n"
    "function key(row){var c=row.cells[i],n=parseFloat(c.title||c.textContent);"
    "return isNaN(n)?c.textContent:n;}\n"
    "Array.from(body.rows).sort(function(a,b){var p=key(a),q=key(b),s=\n"
    "typeof p===typeof q?(p<q?-1:p>q?1:0):(typeof p==='number'?-1:1);return up?s:-s;})\n"
    ".forEach(function(row){body.appendChild(row);});};});\n";

void pf_page_begin(pf_page *page, const char *title, const char *subtitle)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
          page->stream);
    page_element(page, "title", title);
    fprintf(page->stream, "<style>\n%s</style>\n</head>\n<body>\n", page_style);
    page_element(page, "h1", title);
    fputs("<p class=\"subtitle\">", page->stream);
    pf_page_escaped(subtitle, page->stream);
    fputs("</p>\n", page->stream);
}

void pf_page_end(pf_page *page)
{
    fprintf(page->stream, "<script>\n%s</script>\n</body>\n</html>\n", page_script);
}

void pf_page_heading(pf_page *page, int level, const char *id, const char *text)
{
    fprintf(page->stream, "<h%d", level);
    if (id)
        fprintf(page->stream, " id=\"%s\"", id);
    fputs(">", page->stream);
    pf_page_escaped(text, page->stream);
    fprintf(page->stream, "</h%d>\n", level);
}

void pf_page_paragraph(pf_page *page, const char *kind, const char *text)
{
    fputs("<p", page->stream);
    if (kind)
        fprintf(page->stream, " class=\"%s\"", kind);
    fputs(">", page->stream);
    pf_page_escaped(text, page->stream);
    fputs("</p>\n", page->stream);
}

void pf_page_contents(pf_page *page, size_t n, const char *const *ids, const char *const *texts)
{
    fputs("<nav>\n<ul>\n", page->stream);
    for (size_t i = 0; i < n; i++) {
        fprintf(page->stream, "<li><a href=\"#%s\">", ids[i]);
        pf_page_escaped(texts[i], page->stream);
        fputs("</a></li>\n", page->stream);
    }
    fputs("</ul>\n</nav>\n", page->stream);
}

static void page_cell(const char *text, FILE *stream)
{
    double value;
    int64_t whole;
    if (*text == '\0')
        fputs("<td>\xe2\x80\x93</td>", stream);
    else if (pf_read_integer(text, &whole))
        fprintf(stream, "<td class=\"number\">%" PRId64 "</td>", whole);
    else if (pf_read_number(text, &value))
        fprintf(stream, "<td class=\"number\" title=\"%.17g\">%.5g</td>", value, value);
    else {
        fputs("<td>", stream);
        pf_page_escaped(text, stream);
        fputs("</td>", stream);
    }
}

void pf_page_table(pf_page *page, const pf_table *table, const char *caption)
{
    page->tables++;
    fputs("<p class=\"caption\">", page->stream);
    pf_page_escaped(caption, page->stream);
    fputs("</p>\n<div class=\"scroll\">\n<table>\n", page->stream);
    fputs("<thead><tr>", page->stream);
    for (size_t c = 0; c < table->columns; c++) {
        fputs("<th>", page->stream);
        pf_page_escaped(table->names[c], page->stream);
        fputs("</th>", page->stream);
    }
    fputs("</tr></thead>\n<tbody>\n", page->stream);
    for (size_t row = 0; row < table->rows; row++) {
        fputs("<tr>", page->stream);
        for (size_t c = 0; c < table->columns; c++)
            page_cell(table->cells[row * table->columns + c], page->stream);
        fputs("</tr>\n", page->stream);
    }
    fputs("</tbody>\n</table>\n</div>\n", page->stream);
}

/* gnuplot gives every picture the same identifiers; in one page they must differ, so each is
 * put behind the figure's number where it is defined and where it is used. */
static void page_svg(size_t figure, const char *svg, FILE *stream)
{
    static const char *const before[] = {" id=\"", " id='", "href=\"#", "href='#", "url(#"};
    const char *start = strstr(svg, "<svg");
    for (svg = start ? start : svg; *svg;) {
        size_t i = 0, count = sizeof before / sizeof *before;
        while (i < count && strncmp(svg, before[i], strlen(before[i])) != 0)
            i++;
        if (i < count) {
            fprintf(stream, "%sf%zu-", before[i], figure);
            svg += strlen(before[i]);
        } else
            putc(*svg++, stream);
    }
}

void pf_page_figure(pf_page *page, const char *svg, const char *instead, const char *caption)
{
    page->figures++;
    fputs("<figure>\n", page->stream);
    if (svg)
        page_svg(page->figures, svg, page->stream);
    else
        pf_page_paragraph(page, "note", instead);
    fprintf(page->stream, "<figcaption>Figure %zu. ", page->figures);
    pf_page_escaped(caption, page->stream);
    fputs("</figcaption>\n</figure>\n", page->stream);
}

static void page_base64(size_t size, const char *bytes, FILE *stream)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        unsigned group = 0;
        for (size_t j = 0; j < 3; j++)
            group = group << 8 | (i + j < size ? (unsigned char)bytes[i + j] : 0);
        for (size_t j = 0; j < 4; j++)
            putc(i + j > size ? '=' : digits[group >> (18 - 6 * j) & 63], stream);
    }
}

void pf_page_attachments(pf_page *page, size_t n, const pf_attachment *attachments)
{
    fputs("<p class=\"files\">Behind it:", page->stream);
    for (size_t i = 0; i < n; i++) {
        fputs(" <a download=\"", page->stream);
        pf_page_escaped(attachments[i].name, page->stream);
        fprintf(page->stream, "\" href=\"data:%s;base64,", attachments[i].type);
        page_base64(attachments[i].size, attachments[i].bytes, page->stream);
        fputs("\">", page->stream);
        pf_page_escaped(attachments[i].name, page->stream);
        fputs("</a>", page->stream);
    }
    fputs("</p>\n", page->stream);
}

void pf_page_folded(pf_page *page, const char *title, const char *text)
{
    fputs("<details>\n", page->stream);
    page_element(page, "summary", title);
    page_element(page, "pre", text);
    fputs("</details>\n", page->stream);
}
