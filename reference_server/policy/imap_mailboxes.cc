#include "reference_server/policy/imap_mailboxes.h"

namespace mailspec::reference::imap {

// ---- CREATE

bool MailboxPolicy::keeps_delimiter(Mailboxes& boxes, const std::string& name) const {
  if (!fault(Fault::create_trailing_kept)) return false;
  boxes.create(name);
  return true;
}

bool MailboxPolicy::makes(const std::string& name) const {
  const auto& s = x_options.imap.separator;
  return s.empty() || name.find(s) == std::string::npos || !fault(Fault::create_does_nothing);
}

bool MailboxPolicy::makes_levels(const std::string& command) const {
  return !fault(command == "RENAME" ? Fault::rename_without_parents : Fault::create_without_parents);
}

void MailboxPolicy::identify(Mailbox& box, const Mailboxes& boxes) const {
  if (fault(Fault::uidvalidity_zero)) box.uid_validity = 0;
  if (const auto it = boxes.remembered.find(box.name); it != boxes.remembered.end()) box.uid_validity = it->second;
}

std::string MailboxPolicy::use_of(const CreateArguments& a) const { return fault(Fault::create_forgets_use) ? "" : a.use; }

bool MailboxPolicy::subscribes_new() const { return x_options.imap.subscribes_new || fault(Fault::subscribes_silently); }

// ---- DELETE

void MailboxPolicy::keep_inbox(Mailbox& inbox) const {
  if (fault(Fault::delete_inbox_done)) inbox.clear();
}

bool MailboxPolicy::removes(const Mailbox& box, Mailboxes& boxes) const {
  if (fault(Fault::delete_keeps)) return false;
  if (fault(Fault::uidvalidity_constant)) boxes.remembered[box.name] = box.uid_validity;
  if (fault(Fault::delete_unsubscribes)) boxes.subscribed.erase(box.name);
  return true;
}

bool MailboxPolicy::refuses_parents() const { return fault(Fault::delete_refuses_parents); }

bool MailboxPolicy::removes_children(Mailboxes& boxes, const Mailbox& box) const {
  if (!fault(Fault::delete_with_children)) return false;
  const auto begin = box.name + x_options.imap.separator;
  std::erase_if(boxes.all, [&](const auto& e) { return e.first.starts_with(begin); });
  return true;
}

// ---- RENAME

bool MailboxPolicy::renames_over() const { return fault(Fault::rename_over); }
bool MailboxPolicy::empties_inbox() const { return !fault(Fault::rename_inbox_copies); }
bool MailboxPolicy::takes_children() const { return !fault(Fault::rename_leaves_children); }

bool MailboxPolicy::makes_a_copy(Mailboxes& boxes, const Mailbox& box, const std::string& to) const {
  if (fault(Fault::rename_forgets_uids)) boxes.remembered[box.name] = box.uid_validity;
  if (!fault(Fault::rename_copies)) return false;
  boxes.create(to);
  return true;
}

void MailboxPolicy::renamed(Mailbox& box) const {
  if (fault(Fault::rename_loses_messages)) box.messages.clear();
}

// ---- subscriptions

void MailboxPolicy::subscribe(Mailboxes& boxes, const std::string& name) const {
  if (!fault(Fault::subscribe_forgets)) boxes.subscribed.insert(name);
}

void MailboxPolicy::unsubscribe(Mailboxes& boxes, const std::string& name) const {
  if (!fault(Fault::unsubscribe_forgets)) boxes.subscribed.erase(name);
}

// ---- SELECT, EXAMINE, STATUS

bool MailboxPolicy::is_read_only(const std::string& command) const { return command == "EXAMINE" && !fault(Fault::examine_writes); }
bool MailboxPolicy::takes_recent(bool read_only) const { return !read_only || fault(Fault::examine_takes_recent); }
bool MailboxPolicy::shows(const Mailbox& box) const { return box.name != "INBOX" || !fault(Fault::inbox_unseen); }

void MailboxPolicy::counted(Mailbox& box) const {
  if (!fault(Fault::status_takes_recent)) return;
  for (auto& [uid, m] : box.messages) m.recent = false;
}

}  // namespace mailspec::reference::imap
