#include "reference_server/imap/extensions.h"

#include <algorithm>
#include <utility>

namespace mailspec::reference::imap {

namespace {

// What extensions() has given out stays as it is.
struct Registry {
  std::vector<ExtensionRow> active, left_out;
  bool asked = false;

  Registry() {
    const auto add = [&](Extension id, ExtensionRow row) {
      row.id = id;
      active.push_back(std::move(row));
    };
#define EXTENSION(name) add(Extension::name, ext::name());
#include "reference_server/imap/ext/registry.inc"
#undef EXTENSION
  }

  void leave_out(std::string_view name) {
    const auto row = std::ranges::find(active, name, &ExtensionRow::name);
    if (row == active.end() || std::ranges::find(left_out, name, &ExtensionRow::name) != left_out.end()) return;
    const auto gone = row->id;
    left_out.push_back(*row);
    // IMAP4rev2 has what it has taken in; IMAP4rev1 loses it.
    if (row->in_rev2) row->by_default = false;
    else active.erase(row);
    std::vector<std::string_view> more;
    for (const auto& other : active) {
      if (other.by_default && std::ranges::find(other.needs, gone) != other.needs.end()) more.push_back(other.name);
    }
    for (const auto other : more) leave_out(other);
  }
};

Registry& registry() {
  static Registry the;
  return the;
}

}  // namespace

const std::vector<ExtensionRow>& extensions() {
  // Written once: many threads may ask at the same time.
  static const auto& kActive = []() -> const std::vector<ExtensionRow>& {
    registry().asked = true;
    return registry().active;
  }();
  return kActive;
}

const std::vector<ExtensionRow>& left_out() { return registry().left_out; }

Status leave_out_extension(std::string_view name) {
  if (registry().asked)
    return Error{Error::Kind::internal, "it is too late to leave out " + std::string(name) + ": the server's extensions have been asked for"};
  registry().leave_out(name);
  return ok();
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
