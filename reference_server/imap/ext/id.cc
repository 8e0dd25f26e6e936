// ID (RFC 2971).
#include "reference_server/imap/extensions.h"
#include "reference_server/imap/parser.h"
#include "reference_server/imap/session.h"

namespace mailspec::reference::imap::ext {

namespace {

void value(Parser& p) {
  if (p.peek() == '"' || p.peek() == '{') {
    if (p.string().size() > 1024) p.fail("an ID value has 1024 octets at most");
  } else if (p.word() != "NIL") {
    p.fail("a string or NIL was due");
  }
}

void read(Parser& p, Command& c) {
  p.sp();
  if (p.peek() != '(') {
    if (p.word() != "NIL") p.fail("NIL or a list was due");
    return;
  }
  if (p.rest().starts_with("()")) {
    p.skip(2);
    return c.items.push_back("()");
  }
  int fields = 0;
  p.list_of([&] {
    if (p.string().size() > 30 || ++fields > 30) p.fail("ID is limited to 30 fields of 30 octets");
    p.sp();
    value(p);
  });
}

void run(Session& s, const Command& c) {
  if (!c.items.empty() && s.fault(Fault::id_empty_refused)) return s.no(c, "An empty list says nothing");
  s.untagged("ID", {Node::list({Node::str("name"), Node::str("mailspec reference server")})});
  s.ok(c);
}

}  // namespace

ExtensionRow id() { return {.name = "ID", .before_login = true, .commands = {{"ID", When::any, read, run}}}; }

}  // namespace mailspec::reference::imap::ext
