#include "reference_server/store/mailbox.h"

#include <algorithm>
#include <utility>

#include "harness/base/ascii.h"

namespace mailspec::reference {

std::string canonical(std::string_view name) { return iequals(name, "INBOX") ? "INBOX" : std::string(name); }

StoredMessage& Mailbox::append(std::string octets, std::set<std::string> flags, std::int64_t date, int zone) {
  const auto uid = std::exchange(uid_next, uid_next + uid_stride);
  auto& m = messages[uid];
  m.uid = uid;
  m.octets = std::move(octets);
  m.flags = std::move(flags);
  m.date = date;
  m.zone = zone;
  m.serial = next_serial++;
  m.changed = ++changes;
  for (const auto& f : m.flags) {
    if (!f.starts_with('\\')) keywords.insert(f);
  }
  return m;
}

void Mailbox::expunge(std::uint64_t uid) {
  const auto it = messages.find(uid);
  if (it == messages.end()) return;
  ++changes;
  if (sessions > 0) ghosts.insert(messages.extract(it));
  else messages.erase(it);
}

void Mailbox::clear() {
  while (!messages.empty()) expunge(messages.begin()->first);
}

std::string Mailbox::flag_as_kept(const std::string& flag) const {
  for (const auto* f : {"\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"}) {
    if (iequals(flag, f)) return f;
  }
  for (const auto& k : keywords) {
    if (iequals(k, flag)) return k;
  }
  return flag;
}

void Mailbox::leave() {
  if (--sessions == 0) ghosts.clear();
}

void Mailbox::renumber() {
  auto old = std::move(messages);
  messages.clear();
  ++changes;
  while (!old.empty()) {
    auto node = old.extract(old.begin());
    node.key() = node.mapped().uid = uid_next++;
    messages.insert(std::move(node));
  }
}

void Mailboxes::begin(std::uint32_t uid_validity, std::uint64_t first, std::uint64_t stride) {
  if (next_uid_validity != 0) return;
  next_uid_validity = uid_validity;
  first_uid = first;
  uid_stride = stride;
  auto& inbox = *find("INBOX");
  inbox.uid_validity = next_uid_validity++;
  inbox.uid_next = std::max(inbox.uid_next, first);
  inbox.uid_stride = stride;
}

Mailbox* Mailboxes::find(std::string_view name) {
  const auto it = all.find(canonical(name));
  return it == all.end() ? nullptr : &it->second;
}

Mailbox& Mailboxes::create(const std::string& name) {
  auto& box = all[name];
  box.name = name;
  box.uid_validity = next_uid_validity++;
  box.uid_next = first_uid;
  box.uid_stride = uid_stride;
  return box;
}

bool Mailboxes::has_children(std::string_view name, std::string_view separator) const {
  if (separator.empty()) return false;
  const auto begin = std::string(name) + std::string(separator);
  const auto it = all.lower_bound(begin);
  return it != all.end() && it->first.starts_with(begin);
}

}  // namespace mailspec::reference
