// Extensions of which the judge tests nothing yet. What they add to responses is no fault. RFC 9051 6.5: the client must have asked for it before.
// An extension that is tested has a file of its own.
#include "harness/imap/grammar_parts.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::ext {

namespace {

UntaggedWord added(std::string_view keyword, std::vector<std::string_view> asked_by, Numbering numbering = Numbering::none) {
  return {.keyword = keyword, .requirement = "rfc9051/7/untagged-grammar", .data = grammar::any_data, .numbering = numbering, .asked_by = std::move(asked_by)};
}

}  // namespace

Extension untested() {
  return {.name = "(untested)",
          .commands = {{.name = "REPLACE", .changes_messages = true, .removes = Removal::told, .appends = true},
                       {.name = "SORT", .searches = true},
                       {.name = "THREAD", .searches = true}},
          .untagged = {added("SORT", {"SORT"}), added("THREAD", {"THREAD"}), added("QUOTA", {"QUOTA"}), added("QUOTAROOT", {"QUOTA"}), added("ACL", {"ACL"}),
                       added("LISTRIGHTS", {"LISTRIGHTS"}), added("MYRIGHTS", {"MYRIGHTS"}), added("METADATA", {"METADATA", "NOTIFY"}),
                       added("ANNOTATION", {"ANNOTATION"}), added("ANNOTATEMORE", {"ANNOTATION"}), added("LANGUAGE", {"LANGUAGE"}),
                       added("COMPARATOR", {"COMPARATOR", "LANGUAGE"}), added("CONVERTED", {"CONVERT"}), added("CONVERSION", {"CONVERSIONS"}),
                       added("URLFETCH", {"URLFETCH"}), added("GENURLAUTH", {"GENURLAUTH"}), added("JMAPACCESS", {"JMAP"}),
                       // RFC 9586 5.
                       added("UIDFETCH", {"UIDONLY"}, Numbering::number)}};
}

}  // namespace mailspec::imap::ext
