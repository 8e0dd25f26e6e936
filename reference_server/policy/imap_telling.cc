#include "reference_server/policy/imap_telling.h"

#include <algorithm>
#include <iterator>

namespace mailspec::reference::imap {

Mailbox* TellingPolicy::selected(const View& view, Mailboxes& boxes) const {
  const bool deleted = std::ranges::any_of(boxes.deleted, [&](const auto& node) { return &node.mapped() == view.box; });
  if (!fault(deleted ? Fault::selects_by_name : Fault::selects_the_old_name)) return view.box;
  auto* now = boxes.find(view.name);
  return now ? now : view.box;
}

void TellingPolicy::count(View& view, std::string_view command) const {
  const bool anew = (command == "FETCH" && fault(Fault::fetch_swallows_expunge)) || (command == "STATUS" && fault(Fault::status_swallows_expunge)) ||
                    (command == "STORE" && fault(Fault::store_swallows_expunge));
  if (anew) std::erase_if(view.slots, [&](const Slot& s) { return !view.box->messages.contains(s.uid); });
}

bool TellingPolicy::may_tell_expunge(bool counts) const { return !counts || fault(Fault::expunge_in_fetch); }

bool TellingPolicy::tells_expunge(bool own, bool idling) {
  constexpr int kHeldBack = 40;
  if (own || idling) return true;
  return !fault(Fault::expunge_never_told) && (!fault(Fault::expunge_told_late) || ++x_held_back >= kHeldBack);
}

std::uint64_t TellingPolicy::expunge_number(const View& view, std::size_t index, std::size_t before) const {
  if (fault(Fault::expunge_by_uid)) return view.slots[index].uid;
  return index + 1 + (fault(Fault::expunge_old_numbers) ? before : 0);
}

bool TellingPolicy::sends_expunge(bool idling) const { return !fault(Fault::expunge_untold) && (!idling || !fault(Fault::idle_expunge_untold)); }

std::size_t TellingPolicy::unannounced(View& view) const {
  if (!fault(Fault::expunge_unreported)) return 0;
  const auto last = view.slots.empty() ? 0 : view.slots.back().uid;
  const auto& ghosts = view.box->ghosts;
  const auto from = ghosts.upper_bound(std::max(last, view.last_unreported));
  if (from != ghosts.end()) view.last_unreported = ghosts.rbegin()->first;
  return static_cast<std::size_t>(std::distance(from, ghosts.end()));
}

bool TellingPolicy::tells_new(std::string_view command) const { return !fault(Fault::new_never_told) && (command != "APPEND" || !fault(Fault::exists_untold)); }

bool TellingPolicy::flags_come_first(View& view, std::size_t fresh) const {
  if (!fault(Fault::flags_before_exists)) return false;
  for (auto i = view.slots.size() - fresh; i < view.slots.size(); ++i) view.slots[i].told = 0;
  return true;
}

bool TellingPolicy::tells_flags() const { return !fault(Fault::flags_untold) && !fault(Fault::flags_of_the_session); }

bool TellingPolicy::tells_in_idle() const { return !fault(Fault::idle_is_silent); }

void TellingPolicy::begin_idle(View& view) const {
  if (view.box && fault(Fault::idle_begins_deaf)) view.seen_changes = view.box->changes;
}

}  // namespace mailspec::reference::imap
