// What each extension of IMAP adds to the reference server: a row in a file of its own, ext/NAME.cc, which also has the handlers of its commands.
// ext/registry.inc lists them. Nobody else spells out which there are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "reference_server/imap/commands.h"
#include "reference_server/imap/extension.h"

namespace mailspec::reference {
struct Switch;
}

namespace mailspec::reference::imap {

struct ExtensionRow {
  std::string_view name;      // as CAPABILITY has it
  bool in_rev2 = false;       // RFC 9051 has taken it in
  bool before_login = false;  // announced before the login, too
  bool by_default = true;     // the plain server has it
  std::vector<std::string_view> also_announces{};
  std::vector<Extension> needs{};
  std::vector<CommandRow> commands{};
  // Words that it adds: items of STATUS, options of LIST and SEARCH.
  std::vector<std::string_view> status_items{}, list_selection{}, list_returns{}, search_returns{};
  // What the reference server does wrong with it, and otherwise than the plain server; none: nothing.
  std::vector<Switch> (*deviations)() = nullptr, (*variations)() = nullptr;
  Extension id{};  // filled in by the registry
};

namespace ext {
#define EXTENSION(name) ExtensionRow name();
#include "reference_server/imap/ext/registry.inc"
#undef EXTENSION
}  // namespace ext

// The active ones, in the order of the registry: all but those that were left out. CAPABILITY, the parser, the handlers, `imap-bare`, each `imap-no-NAME`,
// deviations and variations come through it.
const std::vector<ExtensionRow>& extensions();

// Those that have been left out for the rest of the process; what needs an extension goes behind it.
const std::vector<ExtensionRow>& left_out();

// Leaves an extension out, and what needs it. What IMAP4rev2 has taken in goes from IMAP4rev1 only, and its rows stay, as they are proved there. To be
// called at the start of the process: an error once anything has asked for extensions(). Nothing happens where the server has no extension of this name.
Status leave_out_extension(std::string_view name);

}  // namespace mailspec::reference::imap
