// ESEARCH (RFC 4731).
#include "harness/imap/grammar_parts.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

Extension esearch() {
  return {.name = "ESEARCH",
          .capabilities = {{.name = "ESEARCH", .in_rev2 = true}},
          .untagged = {{"ESEARCH", "rfc9051/7.3.4/esearch-grammar", grammar::esearch_data, Shape::pairs}}};
}

}  // namespace mailspec::imap::ext
