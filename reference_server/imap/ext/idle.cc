// IDLE (RFC 2177).
#include <vector>

#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/extensions.h"
#include "reference_server/imap/session.h"

namespace mailspec::reference::imap::ext {

namespace {

std::vector<Switch> deviations() {
  return {
      {"imap-idle-bad", "rfc9051/6.3.13/idle", "says BAD at the end of IDLE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "IDLE" && r.tagged()) r.keyword = "BAD";
         });
       }},
      {"imap-idle-is-silent", "rfc9051/6.3.13/idle-tells", "tells nothing during IDLE", [](Options& o) { o.faults.insert(Fault::idle_is_silent); }},
      {"imap-idle-begins-deaf", "rfc9051/6.3.13/idle-tells", "forgets what has happened before IDLE begins",
       [](Options& o) { o.faults.insert(Fault::idle_begins_deaf); }},
      {"imap-idle-no-flags", "rfc9051/6.3.13/idle-tells", "tells of no flags during IDLE",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "IDLE" && r.is("FETCH")) r.drop = true;
         });
       }},
      {"imap-idle-expunge-untold", "rfc9051/7/expunge-told", "counts anew in IDLE, and sends no EXPUNGE",
       [](Options& o) { o.faults.insert(Fault::idle_expunge_untold); }},
  };
}

std::vector<Switch> variations() {
  return {
      {"imap-idle-is-activity", "", "ends no session that is in IDLE (RFC 9051 6.3.13)", [](Options& o) { o.imap.choices.insert("idle-is-activity"); }},
      {"imap-still-here", "", "says an untagged OK in IDLE every two minutes (RFC 9051 7.1.1)",
       [](Options& o) { o.imap.choices.insert("idle-says-still-here"); }},
  };
}

}  // namespace

ExtensionRow idle() {
  return {.name = "IDLE",
          .in_rev2 = true,
          .commands = {{"IDLE", When::after_login, handled_by<&Session::idle>()}},
          .deviations = deviations,
          .variations = variations};
}

}  // namespace mailspec::reference::imap::ext
