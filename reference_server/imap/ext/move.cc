// MOVE (RFC 6851).
#include <vector>

#include "reference_server/deviations/deviations.h"
#include "reference_server/deviations/imap_rewrite.h"
#include "reference_server/imap/extensions.h"
#include "reference_server/imap/parser.h"
#include "reference_server/imap/session.h"

namespace mailspec::reference::imap::ext {

namespace {

std::vector<Switch> deviations() {
  return {
      {"imap-move-copies", "rfc9051/6.4.8/move", "leaves moved messages where they were", [](Options& o) { o.faults.insert(Fault::move_copies); }},
      {"imap-move-code-late", "rfc9051/6.4.8/copyuid-before-expunge", "sends no [COPYUID] before the EXPUNGEs",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "MOVE" && r.code == "COPYUID") r.drop = true;
         });
       }},
      {"imap-move-deleted", "rfc9051/6.4.8/not-deleted", "moves messages marked \\Deleted", [](Options& o) { o.faults.insert(Fault::move_deleted); }},
      {"imap-move-forgets-flags", "rfc9051/6.4.8/move-flags", "forgets the flags of moved messages",
       [](Options& o) { o.faults.insert(Fault::move_forgets_flags); }},
      {"imap-move-expunges", "rfc9051/6.4.8/move", "expunges other messages at MOVE", [](Options& o) { o.faults.insert(Fault::move_expunges); }},
      {"imap-second-move-loses", "rfc9051/6.4.8/move-loses-nothing", "loses a message that two sessions move",
       [](Options& o) { o.faults.insert(Fault::second_move_loses); }},
      {"imap-moved-message-stays", "rfc9051/6.4.8/moved-once", "tells that a moved message is gone and leaves it where it was",
       [](Options& o) { o.faults.insert(Fault::moved_stays); }},
  };
}

std::vector<Switch> variations() {
  return {
      {"imap-copyuid-twice", "", "says [COPYUID] of a MOVE in the tagged OK, too (RFC 6851 4.3)",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession& s) {
           if (c.name != "MOVE") return;
           if (r.code == "COPYUID" && !r.tagged()) s.memory = imap::write_node(Node::list(r.code_data), {});
           if (!r.tagged() || !r.is("OK") || s.memory.empty() || !r.code.empty()) return;
           r.code = "COPYUID";
           r.code_data = {Node::atom(s.memory.substr(1, s.memory.size() - 2))};
           s.memory.clear();
         });
       }},
  };
}

}  // namespace

ExtensionRow move() {
  return {.name = "MOVE",
          .in_rev2 = true,
          .commands = {{"MOVE", When::selected, handled_by<read_set_and_mailbox, &Session::copy>(), CommandRow::may_have_uid | CommandRow::tells}},
          .deviations = deviations,
          .variations = variations};
}

}  // namespace mailspec::reference::imap::ext
