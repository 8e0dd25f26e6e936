// LIST-STATUS (RFC 5819): LIST RETURN (STATUS (...)).
#include <vector>

#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap::ext {

namespace {

std::vector<Switch> deviations() {
  return {
      {"imap-list-no-status", "rfc9051/6.3.9/list-status", "leaves out STATUS in LIST",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("STATUS") && c.name == "LIST") r.drop = true;
         });
       }},
      {"imap-list-status-noselect", "rfc9051/6.3.9.2/status-noselect", "sends STATUS for names that cannot be selected",
       [](Options& o) { o.faults.insert(Fault::list_status_noselect); }},
      {"imap-list-status-selected-bad", "rfc9051/6.3.9/list-status", "says BAD to LIST with RETURN (STATUS) while a mailbox is selected",
       [](Options& o) { o.faults.insert(Fault::list_status_selected_bad); }},
      {"imap-list-status-selected-ends", "rfc9051/6.3.9/list-status", "ends the session at LIST with RETURN (STATUS) while a mailbox is selected",
       [](Options& o) { o.faults.insert(Fault::list_status_selected_ends); }},
  };
}

}  // namespace

ExtensionRow list_status() {
  return {.name = "LIST-STATUS", .in_rev2 = true, .needs = {Extension::list_extended}, .list_returns = {"STATUS"}, .deviations = deviations};
}

}  // namespace mailspec::reference::imap::ext
