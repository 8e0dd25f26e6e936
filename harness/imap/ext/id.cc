// ID (RFC 2971).
#include "harness/imap/grammar_parts.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

namespace {
// id-response = "ID" SP ("(" [string SP nstring *(SP string SP nstring)] ")" / nil)   (RFC 2971 4)
bool id_data(grammar::Cursor& c) {
  if (!c.sp()) return false;
  if (c.peek() != '(') return grammar::nil(c);
  c.skip(1);
  if (c.peek() == ')') return c.skip(1), true;
  do {
    if (!grammar::string(c) || !c.sp() || !grammar::nstring(c)) return c.fail("id-params-list");
  } while (c.peek() == ' ' && c.sp());
  return c.lit(')');
}
}  // namespace

Extension id() {
  return {.name = "ID", .capabilities = {{"ID"}}, .commands = {{.name = "ID", .reads_only = true}}, .untagged = {{"ID", "rfc2971/3.2/id-grammar", id_data}}};
}

}  // namespace mailspec::imap::ext
