// What each extension of IMAP adds to the reference server: a row in a file of its own, ext/NAME.cc, which also has the handlers of its commands.
// ext/registry.inc lists them. Nobody else spells out which there are.
#pragma once

#include <string_view>
#include <vector>

#include "reference_server/imap/commands.h"
#include "reference_server/imap/extension.h"

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
  Extension id{};  // filled in by the registry
};

namespace ext {
#define EXTENSION(name) ExtensionRow name();
#include "reference_server/imap/ext/registry.inc"
#undef EXTENSION
}  // namespace ext

// All, in the order of the registry.
const std::vector<ExtensionRow>& extensions();

}  // namespace mailspec::reference::imap
