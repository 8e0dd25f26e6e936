// ENABLE (RFC 5161).
#include "harness/imap/grammar_parts.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

namespace {
// enable-data = "ENABLED" *(SP capability)
bool enabled(grammar::Cursor& c) {
  while (c.peek() == ' ') {
    c.skip(1);
    if (!grammar::atom(c)) return c.fail("capability");
  }
  return true;
}
}  // namespace

Extension enable() {
  return {.name = "ENABLE",
          .capabilities = {{.name = "ENABLE", .in_rev2 = true}},
          .commands = {{.name = "ENABLE", .reads_only = true}},
          .untagged = {{"ENABLED", "rfc9051/7.2.1/enabled-grammar", enabled, Shape::words}}};
}

}  // namespace mailspec::imap::ext
