#include "reference_server/policy/imap_messages.h"

#include <algorithm>

#include "harness/base/ascii.h"

namespace mailspec::reference::imap {

namespace {

bool is_keyword(const std::string& flag) { return !flag.starts_with('\\'); }

// As a deviation names a form of STORE: "UID +FLAGS.SILENT".
std::string form_of(const Head& c, const StoreArguments& a) {
  return std::string(c.uid ? "UID " : "") + std::string(a.sign ? 1 : 0, a.sign) + (a.silent ? "FLAGS.SILENT" : "FLAGS");
}

bool has_fields(const FetchAtt& item) { return item.section.text == Section::Text::fields || item.section.text == Section::Text::fields_not; }

bool is_deleted(const StoredMessage& m) { return m.flags.contains("\\Deleted"); }

}  // namespace

bool MessagePolicy::keeps(const std::string& flag) const {
  static const std::set<std::string, std::less<>> kKnown{"$mdnsent", "$forwarded", "$junk", "$notjunk", "$phishing"};
  return !is_keyword(flag) || !fault(kKnown.contains(lower(flag)) ? Fault::known_keywords_dropped : Fault::own_keywords_dropped);
}

// ---- APPEND

Mailbox* MessagePolicy::target(Mailboxes& boxes, const std::string& name, const std::string& command) const {
  auto* box = boxes.find(name);
  if (box && box->selectable) return box;
  if (command == "APPEND" && fault(Fault::append_creates)) return &boxes.create(name);
  if (command == "COPY" && !box && fault(Fault::copy_creates)) return &boxes.create(name);
  return nullptr;
}

bool MessagePolicy::is_cancelled_by(const AppendItem& item, std::size_t items) const {
  return item.octets.empty() && items > 1 && !fault(Fault::multiappend_takes_nothing);
}

void MessagePolicy::undo(Mailbox& box, const std::vector<AppendItem>& items, std::int64_t now) const {
  if (fault(Fault::multiappend_keeps_some)) box.append(items[0].octets, {}, now, 0);
}

std::string MessagePolicy::octets_of(const AppendItem& item, std::string encoded) const { return fault(Fault::binary_kept) ? item.octets : encoded; }

std::pair<std::int64_t, int> MessagePolicy::date_of(const AppendItem& item, const Mailbox& box, std::int64_t now) const {
  if (item.date) return *item.date;
  if (!box.messages.empty() && fault(Fault::append_date_last)) return {box.messages.rbegin()->second.date, 0};
  return {now, 0};
}

void MessagePolicy::choose_uid(Mailbox& box) {
  if (fault(Fault::append_own_count)) box.uid_next = x_next_uids.emplace(box.name, box.uid_next).first->second++;
  if (fault(Fault::imap_uid_reused)) box.uid_next = box.messages.empty() ? 1 : box.messages.rbegin()->first + 1;
}

// ---- FETCH

bool MessagePolicy::sets_seen(const View& view, const std::vector<FetchAtt>& items) const {
  if (view.read_only && !fault(Fault::examine_sets_seen)) return false;
  return std::ranges::any_of(items, [&](const auto& item) { return sets_seen(item); }) && !fault(Fault::body_leaves_unseen);
}

bool MessagePolicy::sets_seen(const FetchAtt& item) const {
  if (item.name == "RFC822.HEADER") return fault(Fault::header_sets_seen);
  const bool mime = item.section.text == Section::Text::mime;
  const bool only_looks = item.peek && !(item.name == "BODY[]" && fault(Fault::peek_sets_seen)) &&
                          !(item.name == "BINARY[]" && fault(Fault::binary_peek_sets_seen)) && !(mime && fault(Fault::mime_peek_sets_seen));
  return !only_looks && !(item.partial && fault(Fault::partial_leaves_unseen));
}

bool MessagePolicy::answers(const std::vector<FetchAtt>& items, std::size_t index) const {
  if (items[index].name != "BODY[]") return true;
  const auto is_second = [&](auto is_alike) {
    const auto both = [&](const auto& item) { return item.name == "BODY[]" && is_alike(item); };
    return both(items[index]) && std::ranges::any_of(std::span(items).first(index), both);
  };
  if (fault(Fault::one_fields_section) && is_second(has_fields)) return false;
  if (fault(Fault::one_partial) && is_second([](const auto& item) { return item.partial.has_value(); })) return false;
  return !fault(Fault::one_section) || !is_second([](const auto&) { return true; });
}

// ---- STORE

bool MessagePolicy::refuses(const Head& c, const StoreArguments& a) const {
  return (c.uid && fault(Fault::store_refused)) || (a.sign == '-' && std::ranges::any_of(a.flags, is_keyword) && fault(Fault::keyword_stays));
}

std::set<std::string> MessagePolicy::flags_after(const Head& c, const StoreArguments& a, const std::set<std::string>& before,
                                                 const std::set<std::string>& given, const Slot& slot, std::size_t count) const {
  if ((count > 1 && fault(Fault::store_does_nothing)) || fault(Fault::ignores_store, form_of(c, a))) return before;
  if (a.sign == 0) return given;
  auto after = fault(Fault::store_from_memory) ? slot.flags : before;
  if (a.sign == '+') after.insert(given.begin(), given.end());
  else std::erase_if(after, [&](const auto& f) { return given.contains(f); });
  return after;
}

bool MessagePolicy::tells(const StoreArguments& a, bool changed) const { return !a.silent && (changed || !fault(Fault::store_unchanged_silent)); }

void MessagePolicy::note(Slot& slot, const StoredMessage& m) const {
  if (!fault(Fault::drop_forgets_flags) && !fault(Fault::leaving_forgets)) slot.flags = m.flags;
}

// ---- COPY and MOVE

StoredMessage& MessagePolicy::copy_into(Mailbox& box, const StoredMessage& m, bool moves) const {
  auto flags = m.flags;
  if (fault(moves ? Fault::move_forgets_flags : Fault::copy_forgets_flags)) flags.clear();
  if (moves && fault(Fault::move_deleted)) flags.insert("\\Deleted");
  auto& copied = box.append(m.octets, std::move(flags), !moves && fault(Fault::copy_forgets_date) ? 1000000000 : m.date, m.zone);
  if (fault(Fault::copy_not_recent)) copied.recent = false;
  return copied;
}

bool MessagePolicy::takes_moved(const View& view, const std::vector<std::size_t>& indexes, Mailbox& target) const {
  if (!fault(Fault::second_move_loses) || target.messages.empty()) return false;
  if (std::ranges::none_of(indexes, [&](auto i) { return view.box->ghosts.contains(view.slots[i].uid); })) return false;
  target.expunge(target.messages.begin()->first);
  return true;
}

void MessagePolicy::leave(View& view, Mailbox& target, const std::vector<std::uint64_t>& sources, const std::vector<std::uint64_t>& copies, bool moves) {
  auto& box = *view.box;
  if (!moves && fault(Fault::copy_of_first_only)) {
    for (std::size_t k = 1; k < copies.size(); ++k) target.expunge(copies[k]);
  }
  x_staying.clear();
  if (moves && fault(Fault::moved_stays)) {
    for (const auto uid : sources) {
      if (const auto it = box.messages.find(uid); it != box.messages.end()) x_staying.insert(*it);
    }
  }
  const bool goes = moves ? !fault(Fault::move_copies) : fault(Fault::copy_removes);
  for (const auto uid : sources) {
    if (goes) box.expunge(uid);
  }
  if (!moves || !fault(Fault::move_expunges)) return;
  for (const auto& slot : view.slots) {
    const auto it = box.messages.find(slot.uid);
    if (it != box.messages.end() && is_deleted(it->second)) box.expunge(slot.uid);
  }
}

void MessagePolicy::settle(View& view) { view.box->messages.merge(x_staying); }

// ---- EXPUNGE

bool MessagePolicy::may_expunge(const View& view) const { return !view.read_only || fault(Fault::expunge_in_examine); }

std::vector<std::uint64_t> MessagePolicy::expunged(const View& view, const Set* uids, const std::vector<std::size_t>& chosen) const {
  if (fault(Fault::expunge_does_nothing)) return {};
  const bool star = uids && std::ranges::any_of(uids->ranges, [](const auto& r) { return r.second == kStar; });
  const bool last_only = star && fault(Fault::uid_expunge_star_is_last);
  std::vector<std::uint64_t> gone;
  for (std::size_t i = 0; i < view.slots.size(); ++i) {
    const auto it = view.box->messages.find(view.slots[i].uid);
    const bool listed = !uids || (last_only ? !chosen.empty() && i == chosen.back() : std::ranges::binary_search(chosen, i));
    if (it == view.box->messages.end() || !listed) continue;
    if (is_deleted(it->second) || fault(Fault::expunge_all)) gone.push_back(it->first);
  }
  return gone;
}

}  // namespace mailspec::reference::imap
