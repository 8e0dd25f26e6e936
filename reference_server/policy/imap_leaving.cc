#include "reference_server/policy/imap_leaving.h"

#include <set>
#include <string>

namespace mailspec::reference::imap {

bool LeavingPolicy::removes_deleted(std::string_view way) const {
  if (way == "CLOSE") return !fault(Fault::close_keeps);
  if (way == "UNSELECT") return fault(Fault::unselect_expunges);
  return fault(way == "drop" ? Fault::drop_expunges : Fault::leaving_expunges);
}

bool LeavingPolicy::forgets(const Slot& slot, const std::string& flag, std::string_view way) const {
  if (slot.flags.contains(flag)) return false;
  return fault(Fault::forgets_flag, flag.starts_with('\\') ? flag : "keyword") || fault(Fault::forgets_at, way);
}

void LeavingPolicy::keep_flags(View& view, std::string_view way) const {
  if (!view.box) return;
  const bool all = way == "drop" && fault(Fault::drop_forgets_flags);
  if (!all && !fault(Fault::leaving_forgets)) return;
  for (const auto& slot : view.slots) {
    const auto it = view.box->messages.find(slot.uid);
    if (it == view.box->messages.end()) continue;
    auto kept = it->second.flags;
    if (all) kept = slot.flags;
    else std::erase_if(kept, [&](const std::string& f) { return forgets(slot, f, way); });
    if (kept == it->second.flags) continue;
    it->second.flags = std::move(kept);
    it->second.changed = ++view.box->changes;
  }
}

bool LeavingPolicy::deselects(std::string_view way) const { return !fault(way == "CLOSE" ? Fault::close_stays_selected : Fault::unselect_stays_selected); }

bool LeavingPolicy::failed_select_deselects() const { return !fault(Fault::failed_select_keeps); }

}  // namespace mailspec::reference::imap
