// SPECIAL-USE and CREATE-SPECIAL-USE (RFC 6154): what a mailbox is for.
#include <algorithm>
#include <vector>

#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

namespace {

std::vector<Switch> deviations() {
  return {
      {"imap-special-use-untold", "rfc6154/2/special-use", "leaves out special-use attributes",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST")) std::erase_if(r.data[0].items, [](const Node& n) { return n.text == "\\Sent"; });
         });
       }},
      {"imap-special-use-all", "rfc6154/2/special-use-selection", "lists all names for (SPECIAL-USE)",
       [](Options& o) { misread(o, [](imap::ListArguments& a) { std::erase(a.selection, "SPECIAL-USE"); }); }},
      {"imap-special-use-not-returned", "rfc6154/2/special-use-return", "ignores RETURN (SPECIAL-USE)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, const imap::ListArguments& a, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && among(a.returns, "SPECIAL-USE")) std::erase_if(r.data[0].items, [](const Node& n) { return n.text == "\\Sent"; });
         });
       }},
      {"imap-create-forgets-use", "rfc6154/3/create-use", "says OK to CREATE with a special use, and forgets it",
       [](Options& o) { o.faults.insert(Fault::create_forgets_use); }},
      {"imap-no-useattr", "rfc6154/3/useattr", "sends no [USEATTR]",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "USEATTR") r.code.clear();
         });
       }},
  };
}

std::vector<Switch> variations() {
  return {
      {"imap-special-boxes", "", "has mailboxes for special uses, which cannot go (RFC 6154 2)", [](Options& o) { o.imap.choices.insert("special-boxes"); }},
  };
}

}  // namespace

ExtensionRow special_use() {
  return {.name = "SPECIAL-USE",
          .also_announces = {"CREATE-SPECIAL-USE"},
          .needs = {Extension::list_extended},
          .list_selection = {"SPECIAL-USE"},
          .list_returns = {"SPECIAL-USE"},
          .deviations = deviations,
          .variations = variations};
}

}  // namespace mailspec::reference::imap::ext
