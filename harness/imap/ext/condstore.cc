// CONDSTORE and QRESYNC (RFC 7162). That they are offered matters, and that nothing of theirs comes unasked.
#include "harness/imap/grammar_parts.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

namespace {

bool modseq(grammar::Cursor& c) { return grammar::extension_value(c); }

}  // namespace

Extension condstore() {
  return {.name = "CONDSTORE",
          .capabilities = {{"CONDSTORE"}, {"QRESYNC"}},
          .untagged = {{.keyword = "VANISHED", .requirement = "rfc9051/7/untagged-grammar", .data = grammar::any_data, .asked_by = {"QRESYNC", "UIDONLY"}}},
          // RFC 7162 3.1: any of its commands makes a client one that knows of mod-sequences.
          .fetch_items = {{.name = "MODSEQ",
                           .value = modseq,
                           .is_news = true,
                           .asked_by = {"CONDSTORE", "QRESYNC", "MODSEQ", "CHANGEDSINCE"},
                           .requirement = "rfc9051/6.3.1/modseq-asked"}}};
}

}  // namespace mailspec::imap::ext
