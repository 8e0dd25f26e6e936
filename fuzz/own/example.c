/* A worked example: a small parser of IMAP commands in C, as it might stand in a server, and below it the three functions of parser.h.
   With -DEXAMPLE_BUG it loses a literal's last octet when that comes in a piece of its own. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "parser.h"

/* ---- the parser ---- */

enum { MOST = 65536 }; /* octets of a command */

struct imap_parser {
  char *command; /* so far, literals in place, without the last CRLF */
  size_t size, room;
  size_t line;    /* where its last line begins */
  size_t literal; /* octets of a literal still to come */
  int too_long;
};

static void keep(struct imap_parser *p, char c) {
  if (p->size >= MOST) {
    p->too_long = 1;
    return;
  }
  if (p->size == p->room) {
    p->room = p->room ? 2 * p->room : 256;
    p->command = realloc(p->command, p->room);
    if (!p->command) abort();
  }
  p->command[p->size++] = c;
}

/* The line ends in "{n}" or "{n+}": n; otherwise -1. */
static long announced(const struct imap_parser *p) {
  size_t at = p->size, digits = 0;
  long n = 0, scale = 1;
  if (at == p->line || p->command[--at] != '}') return -1;
  if (at > p->line && p->command[at - 1] == '+') --at;
  while (at > p->line && isdigit((unsigned char)p->command[at - 1]) && digits < 7) {
    n += scale * (p->command[--at] - '0');
    scale *= 10;
    ++digits;
  }
  return digits && at > p->line && p->command[at - 1] == '{' ? n : -1;
}

/* tag SP name [SP arguments] */
static int looks_right(const struct imap_parser *p) {
  size_t at = 0, from;
  while (at < p->size && p->command[at] > ' ' && p->command[at] < 0x7f && !strchr("(){%*\"\\+", p->command[at])) ++at;
  if (at == 0 || at == p->size || p->command[at] != ' ') return 0;
  from = ++at;
  while (at < p->size && isalnum((unsigned char)p->command[at])) ++at;
  return at > from && (at == p->size || p->command[at] == ' ');
}

/* One octet; 1 when a command is whole. */
static int step(struct imap_parser *p, char c) {
  long n;
  if (p->literal > 0) {
    keep(p, c);
    if (--p->literal == 0) p->line = p->size;
    return 0;
  }
  if (c != '\n') {
    keep(p, c);
    return 0;
  }
  if (p->size > p->line && p->command[p->size - 1] == '\r') --p->size;
  n = announced(p);
  if (n < 0) return 1;
  keep(p, '\r');
  keep(p, '\n');
  p->line = p->size;
  p->literal = (size_t)n;
  return 0;
}

/* ---- what mailspec wants ---- */

void *parser_open(void) { return calloc(1, sizeof(struct imap_parser)); }

void parser_feed(void *parser, const char *octets, size_t size, struct mailspec_sink *sink) {
  struct imap_parser *p = parser;
  size_t i;
  for (i = 0; i < size; ++i) {
#ifdef EXAMPLE_BUG
    if (size == 1 && p->literal == 1) {
      p->literal = 0;
      continue;
    }
#endif
    if (!step(p, octets[i])) continue;
    mailspec_parsed(sink, !p->too_long && looks_right(p), p->command, p->size);
    p->size = p->line = 0;
    p->too_long = 0;
  }
}

void parser_close(void *parser) {
  free(((struct imap_parser *)parser)->command);
  free(parser);
}
