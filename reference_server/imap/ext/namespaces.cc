// NAMESPACE (RFC 2342).
#include "reference_server/imap/extensions.h"
#include "reference_server/imap/session.h"

namespace mailspec::reference::imap::ext {

namespace {
void run(Session& s, const Command& c) {
  const auto personal = Node::list({Node::list({Node::str(s.o().prefix), s.separator()})});
  s.untagged("NAMESPACE", {personal, Node::nil(), Node::nil()});
  s.ok(c);
}
}  // namespace

ExtensionRow namespaces() { return {.name = "NAMESPACE", .in_rev2 = true, .commands = {{"NAMESPACE", When::after_login, nullptr, run}}}; }

}  // namespace mailspec::reference::imap::ext
