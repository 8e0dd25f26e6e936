// NAMESPACE (RFC 2342).
#include "harness/imap/grammar_parts.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

Extension namespaces() {
  return {.name = "NAMESPACE",
          .capabilities = {{.name = "NAMESPACE", .in_rev2 = true}},
          .commands = {{.name = "NAMESPACE", .reads_only = true}},
          .untagged = {{"NAMESPACE", "rfc9051/7.3.2/namespace-grammar", [](grammar::Cursor& c) { return c.sp() && grammar::namespace_data(c); }}}};
}

}  // namespace mailspec::imap::ext
