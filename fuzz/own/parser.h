/* Your command parser under the fuzzer: write these three functions, in C or C++. ci/fuzz own (fuzz/README.md) does the rest.
   What is tried on them is said in driver.cc. */
#ifndef MAILSPEC_OWN_PARSER_H
#define MAILSPEC_OWN_PARSER_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mailspec_sink;

/* The parser calls this once for each command, as soon as it is whole. `accepted`: 1, or 0 for one that is refused. `text`: what was understood of it, in
   any form (a dump of the parse tree is best): it must be the same however the octets were cut. */
void mailspec_parsed(struct mailspec_sink *sink, int accepted, const char *text, size_t size);

/* A new connection's parser. */
void *parser_open(void);
/* The next octets from the client; at least one. Literals are not asked for: read on as if "+" had been sent. */
void parser_feed(void *parser, const char *octets, size_t size, struct mailspec_sink *sink);
/* The connection has ended; frees all. */
void parser_close(void *parser);

#ifdef __cplusplus
}
#endif
#endif
