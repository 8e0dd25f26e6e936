// STATUS=SIZE (RFC 8438). RFC 9051 has taken SIZE in, and DELETED with it.
#include "harness/imap/grammar_parts.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

Extension status_size() {
  return {.name = "STATUS=SIZE",
          .document = "rfc8438",
          .capabilities = {{.name = "STATUS=SIZE", .in_rev2 = true}},
          .status_items = {{"SIZE", grammar::number64, "STATUS=SIZE"}, {"DELETED", grammar::number, "STATUS=SIZE"}}};
}

}  // namespace mailspec::imap::ext
