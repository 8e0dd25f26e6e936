// What CREATE, DELETE, RENAME and subscriptions leave (RFC 9051 6.3.4 to 6.3.8), and what looking at a mailbox changes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "reference_server/imap/command.h"
#include "reference_server/policy/policy.h"
#include "reference_server/store/mailbox.h"

namespace mailspec::reference::imap {

class MailboxPolicy : public Policy {
 public:
  using Policy::Policy;

  // ---- CREATE

  // A name that ends in the delimiter is made without it; or makes it as it is written, and that is all.
  bool keeps_delimiter(Mailboxes& boxes, const std::string& name) const;
  // Is this name made at all, and are the levels above it?
  bool makes(const std::string& name) const;
  bool makes_levels(const std::string& command) const;
  // RFC 9051 2.3.1.1 and 6.3.4: a mailbox made anew has a UIDVALIDITY that no mailbox of its name has had.
  void identify(Mailbox& box, const Mailboxes& boxes) const;
  // RFC 6154 3.
  std::string use_of(const CreateArguments& a) const;
  // Is what is made subscribed?
  bool subscribes_new() const;

  // ---- DELETE

  // INBOX stays, with its messages.
  void keep_inbox(Mailbox& inbox) const;
  // Before it goes: is it removed, and what is remembered of it?
  bool removes(const Mailbox& box, Mailboxes& boxes) const;
  // RFC 9051 6.3.5: a name with children may be kept as a level, or refused.
  bool refuses_parents() const;
  // Removes the names below it, if they go with it.
  bool removes_children(Mailboxes& boxes, const Mailbox& box) const;

  // ---- RENAME

  // May the new name be one that exists?
  bool renames_over() const;
  // Does INBOX lose its messages (RFC 9051 6.3.6)?
  bool empties_inbox() const;
  bool takes_children() const;
  // Makes the new name in place of the renaming: true if that is all.
  bool makes_a_copy(Mailboxes& boxes, const Mailbox& box, const std::string& to) const;
  void renamed(Mailbox& box) const;

  // ---- subscriptions

  void subscribe(Mailboxes& boxes, const std::string& name) const;
  void unsubscribe(Mailboxes& boxes, const std::string& name) const;

  // ---- SELECT, EXAMINE, STATUS

  // RFC 9051 6.3.3: EXAMINE is read-only.
  bool is_read_only(const std::string& command) const;
  // RFC 3501 6.3.2: only SELECT takes \Recent away.
  bool takes_recent(bool read_only) const;
  // RFC 1939 4: is the maildrop's mailbox shown with its messages?
  bool shows(const Mailbox& box) const;
  // RFC 3501 6.3.10: STATUS changes nothing.
  void counted(Mailbox& box) const;
};

}  // namespace mailspec::reference::imap
