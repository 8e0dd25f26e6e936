#include "reference_server/policy/pop3_maildrop.h"

#include <algorithm>

#include "harness/base/ascii.h"
#include "reference_server/pop3/command.h"
#include "reference_server/pop3/reply.h"

namespace mailspec::reference::pop3 {

std::vector<const StoredMessage*> MaildropPolicy::shown(const Mailbox& inbox) const {
  std::vector<const StoredMessage*> out;
  for (const auto& [uid, m] : inbox.messages) {
    if (!fault(Fault::shows_delivered_only) || m.delivered) out.push_back(&m);
  }
  for (const auto& [uid, m] : inbox.ghosts) {
    if (fault(m.flags.contains("\\Deleted") ? Fault::shows_expunged : Fault::shows_moved)) out.push_back(&m);
  }
  return out;
}

std::string MaildropPolicy::unique_id(std::string uid, const StoredMessage& message, std::size_t number, const std::string& nonce) const {
  if (fault(Fault::uid_per_session)) uid += "." + nonce.substr(0, 8);
  if (fault(Fault::uid_renumbers)) uid = "u" + std::to_string(number);
  if (fault(Fault::uid_of_flags)) uid += "." + std::to_string(message.flags.size());
  return uid;
}

std::optional<std::uint64_t> MaildropPolicy::number(const std::string& argument) const {
  const auto number = parse_message_number(argument);
  if (number) return fault(Fault::pop3_number_wraps) ? *number & 0xFFFFFFFF : *number;
  const bool text = std::ranges::all_of(argument, [](char c) { return c > ' ' && c < 0x7f; });
  const bool too_large = argument != "0" && std::ranges::all_of(argument, is_digit);
  if (text && !too_large && fault(Fault::negative_is_first)) return 1;
  return std::nullopt;
}

Slot* MaildropPolicy::find(std::vector<Slot>& slots, std::uint64_t number) const {
  if (fault(Fault::renumber_after_dele)) {
    for (auto& slot : slots) {
      if (!slot.deleted && --number == 0) return &slot;
    }
    return nullptr;
  }
  if (number == 0 || number > slots.size() + planted("pop3-number-off-by-one") || slots[number - 1].deleted) return nullptr;
  return &slots[number - 1];
}

std::uint64_t MaildropPolicy::counted(std::uint64_t count, const Mailbox& inbox) const { return fault(Fault::snapshot_moves) ? inbox.messages.size() : count; }

std::uint64_t MaildropPolicy::body_lines(const StoredMessage& message, std::uint64_t lines) const {
  if (fault(Fault::top_count_wraps)) lines &= 0xFFFFFFFF;
  if (!fault(Fault::top_counts_from_header)) return lines;
  const auto header = top_of(message.octets, 0);
  const auto above = static_cast<std::uint64_t>(std::ranges::count(header, '\n'));
  return lines > above ? lines - above : 0;
}

void MaildropPolicy::retrieved(Slot& slot) const {
  slot.retrieved = true;
  if (fault(Fault::retr_marks)) slot.deleted = true;
}

void MaildropPolicy::mark(Slot& slot, Mailbox& inbox) const {
  slot.deleted = !fault(Fault::dele_forgets);
  if (fault(Fault::dele_at_once)) inbox.expunge(slot.message->uid);
}

void MaildropPolicy::unmark(std::vector<Slot>& slots, std::string_view command) const {
  if (command == "RSET" ? fault(Fault::rset_keeps_marks) : !fault(Fault::capa_resets)) return;
  for (auto& slot : slots) slot.deleted = false;
}

void MaildropPolicy::update(Account& account, const std::vector<Slot>& slots) const {
  if (fault(Fault::quit_forgets_dele)) return;
  auto& inbox = account.inbox();
  std::uint64_t removed = 0;
  for (const auto& slot : slots) {
    if (!slot.deleted) continue;
    inbox.expunge(slot.message->uid);
    ++removed;
  }
  for (const auto& slot : slots) {
    if (slot.retrieved && fault(Fault::expire_removes_read)) inbox.expunge(slot.message->uid);
  }
  if (removed == 0 && !fault(Fault::update_renumbers_imap)) return;
  if (fault(Fault::quit_removes_last) && removed) inbox.expunge(slots.back().message->uid);
  if (fault(Fault::pop3_uid_reused)) inbox.next_serial -= removed;
  if (fault(Fault::update_renumbers_imap)) inbox.renumber();
  if (!removed || !fault(Fault::update_takes_folders)) return;
  for (auto& [name, box] : account.mailboxes.all) {
    while (box.sessions == 0 && !box.messages.empty()) box.expunge(box.messages.begin()->first);
  }
}

bool MaildropPolicy::updates(std::string_view way) const {
  if (way == "timer") return fault(Fault::autologout_updates);
  return way == "QUIT" || fault(Fault::rset_removes);
}

void MaildropPolicy::drop(Account& account, std::vector<Slot>& slots, std::string_view input) const {
  if (fault(Fault::marks_survive)) {
    // RFC 1939 4 has each session begin without any.
    for (const auto& slot : slots) {
      if (slot.deleted) account.maildrop.marks.insert(slot.message->uid);
    }
  }
  if (fault(Fault::update_on_drop) || (iequals(input, "QUIT") && fault(Fault::half_quit))) update(account, slots);
  if (fault(Fault::remove_retrieved_on_drop)) {
    for (auto& slot : slots) slot.deleted = slot.retrieved;
    update(account, slots);
  }
  if (fault(Fault::uid_lost_on_drop)) {
    for (auto& [uid, message] : account.inbox().messages) message.serial += 100000;
  }
}

bool MaildropPolicy::unlocks(bool by_quit) const { return !fault(by_quit ? Fault::lock_stays : Fault::lock_stays_after_drop); }

}  // namespace mailspec::reference::pop3
