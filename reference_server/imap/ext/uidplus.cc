// UIDPLUS (RFC 4315): UID EXPUNGE, APPENDUID and COPYUID.
#include "reference_server/imap/extensions.h"
#include "reference_server/imap/parser.h"
#include "reference_server/imap/session.h"

namespace mailspec::reference::imap::ext {

namespace {
void read(Parser& p, Command& c) {
  p.sp();
  c.set = p.set();
}
}  // namespace

ExtensionRow uidplus() {
  return {.name = "UIDPLUS",
          .in_rev2 = true,
          .commands = {{"EXPUNGE", When::selected, read, [](Session& s, const Command& c) { s.expunge(c); }, CommandRow::must_have_uid | CommandRow::tells}}};
}

}  // namespace mailspec::reference::imap::ext
