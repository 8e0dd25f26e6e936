#include "reference_server/imap/extensions.h"

#include <algorithm>
#include <utility>

namespace mailspec::reference::imap {

const std::vector<ExtensionRow>& extensions() {
  static const auto kAll = [] {
    std::vector<ExtensionRow> all;
    const auto add = [&](Extension id, ExtensionRow row) {
      row.id = id;
      all.push_back(std::move(row));
    };
#define EXTENSION(name) add(Extension::name, ext::name());
#include "reference_server/imap/ext/registry.inc"
#undef EXTENSION
    return all;
  }();
  return kAll;
}

Extensions default_extensions() {
  static const auto kDefault = [] {
    Extensions out;
    for (const auto& row : extensions()) {
      if (row.by_default) out.add(row.id);
    }
    return out;
  }();
  return kDefault;
}

Extensions without(Extensions these, Extension gone) {
  these.remove(gone);
  for (const auto& row : extensions()) {
    if (these.has(row.id) && std::ranges::find(row.needs, gone) != row.needs.end()) these = without(these, row.id);
  }
  return these;
}

Extensions in_force(Extensions offered, bool rev2) {
  if (!rev2) return offered;
  for (const auto& row : extensions()) {
    if (row.in_rev2) offered.add(row.id);
  }
  return offered;
}

}  // namespace mailspec::reference::imap
