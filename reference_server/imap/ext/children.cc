// CHILDREN (RFC 3348): LIST tells unasked whether a name has children.
#include <algorithm>
#include <vector>

#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/imap_attributes.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

namespace {

std::vector<Switch> deviations() {
  return {
      {"imap-children-reversed", "rfc9051/6.3.9.5/children", "says \\HasChildren of those without",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST"))
             for (auto& n : r.data[0].items) n.text = n.text == "\\HasChildren" ? "\\HasNoChildren" : n.text == "\\HasNoChildren" ? "\\HasChildren" : n.text;
         });
       }},
      {"imap-children-both", "rfc9051/7.3.1/children-or-none", "says \\HasChildren and \\HasNoChildren",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST")) r.data[0].items.insert(r.data[0].items.end(), {Node::atom("\\HasChildren"), Node::atom("\\HasNoChildren")});
         });
       }},
      {"imap-noinferiors-and-no-children", "rfc3348/3/noinferiors-alone", "says \\Noinferiors and \\HasNoChildren",
       [](Options& o) {
         rewrite_imap(o, adds_attribute("\\Noinferiors", [](const auto&, const auto& r, const auto&) {
                        return std::ranges::any_of(r.data[0].items, [](const Node& n) { return n.text == "\\HasNoChildren"; });
                      }));
       }},
      {"imap-parents-without-children", "rfc9051/6.3.9.5/children", "says \\HasNoChildren of names with children",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) { replace_attribute(r, "\\HasChildren", "\\HasNoChildren"); });
       }},
      {"imap-leaves-with-children", "rfc9051/6.3.9.5/children", "says \\HasChildren of names without",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) { replace_attribute(r, "\\HasNoChildren", "\\HasChildren"); });
       }},
  };
}

}  // namespace

ExtensionRow children() { return {.name = "CHILDREN", .in_rev2 = true, .deviations = deviations}; }

}  // namespace mailspec::reference::imap::ext
