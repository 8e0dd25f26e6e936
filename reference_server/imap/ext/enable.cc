// ENABLE (RFC 5161).
#include "reference_server/imap/extensions.h"
#include "reference_server/imap/parser.h"
#include "reference_server/imap/session.h"

namespace mailspec::reference::imap::ext {

namespace {
void read(Parser& p, Command& c) {
  do {
    p.sp();
    c.items.push_back(p.word());
  } while (!p.failed() && p.peek() == ' ');
}

void run(Session& s, const Command& c) {
  std::vector<Node> enabled;
  for (const auto& name : c.items) {
    if (name != "IMAP4REV2" && s.fault(Fault::enable_stops_at_unknown)) break;
    if (name != "IMAP4REV2" || !s.o().rev2) continue;
    if (!s.fault(Fault::enable_does_nothing)) s.enable_rev2();
    enabled.push_back(Node::atom("IMAP4rev2"));
  }
  s.untagged("ENABLED", std::move(enabled));
  s.ok(c);
}
}  // namespace

ExtensionRow enable() { return {.name = "ENABLE", .in_rev2 = true, .before_login = true, .commands = {{"ENABLE", When::after_login, read, run}}}; }

}  // namespace mailspec::reference::imap::ext
