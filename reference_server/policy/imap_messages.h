// What becomes of messages and their flags: by APPEND, STORE, COPY, MOVE and EXPUNGE.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "reference_server/imap/command.h"
#include "reference_server/imap/view.h"
#include "reference_server/policy/policy.h"

namespace mailspec::reference::imap {

class MessagePolicy : public Policy {
 public:
  using Policy::Policy;

  // RFC 9051 2.3.2: is this flag kept where it is given? Keywords are, as PERMANENTFLAGS has "\*".
  bool keeps(const std::string& flag) const;

  // ---- APPEND (RFC 9051 6.3.12)

  // The mailbox that APPEND, COPY or MOVE puts messages into; nullptr where it is not there: none of them may make it.
  Mailbox* target(Mailboxes& boxes, const std::string& name, const std::string& command) const;
  // RFC 3502 3: a message of no octets cancels an APPEND of several; what remains of that in the mailbox.
  bool is_cancelled_by(const AppendItem& item, std::size_t items) const;
  void undo(Mailbox& box, const std::vector<AppendItem>& items, std::int64_t now) const;
  // `encoded` has parts of the encoding "binary" in another one, as they are stored (RFC 3516 4.4).
  std::string octets_of(const AppendItem& item, std::string encoded) const;
  // Seconds since 1970 in UTC, and minutes east of it. RFC 9051 2.3.3: `now` where none was given.
  std::pair<std::int64_t, int> date_of(const AppendItem& item, const Mailbox& box, std::int64_t now) const;
  // RFC 9051 2.3.1.1: the next message gets the mailbox's next UID, whoever appends it.
  void choose_uid(Mailbox& box);

  // ---- FETCH (RFC 9051 6.4.5)

  // Is \Seen set where these items are fetched? Not by .PEEK, by what tells no text, or in a mailbox that is read-only.
  bool sets_seen(const View& view, const std::vector<FetchAtt>& items) const;
  // Is the item at this index answered? Each is that is asked for.
  bool answers(const std::vector<FetchAtt>& items, std::size_t index) const;

  // ---- STORE (RFC 9051 6.4.6)

  // Nobody may refuse STORE in a mailbox that is not read-only.
  bool refuses(const Head& c, const StoreArguments& a) const;
  // The flags of the message in `slot` behind it; `given` are those of the command that are kept, `count` how many messages it is for.
  std::set<std::string> flags_after(const Head& c, const StoreArguments& a, const std::set<std::string>& before, const std::set<std::string>& given,
                                    const Slot& slot, std::size_t count) const;
  // Without .SILENT the new value comes back, whether it has changed or not.
  bool tells(const StoreArguments& a, bool changed) const;
  // RFC 9051 2.3.2: what one session has stored is there for all.
  void note(Slot& slot, const StoredMessage& m) const;

  // ---- COPY and MOVE (RFC 9051 6.4.7, 6.4.8)

  // RFC 9051 6.4.7: flags and date are those of the source.
  StoredMessage& copy_into(Mailbox& box, const StoredMessage& m, bool moves) const;
  // Has another session moved them, so that the copies it has made are taken for the messages?
  bool takes_moved(const View& view, const std::vector<std::size_t>& indexes, Mailbox& target) const;
  // What is left where messages were copied from. RFC 9051 6.4.8: MOVE takes its own away, and no others.
  void leave(View& view, Mailbox& target, const std::vector<std::uint64_t>& sources, const std::vector<std::uint64_t>& copies, bool moves);
  // Once the client has been told.
  void settle(View& view);

  // ---- EXPUNGE (RFC 9051 6.4.3, 6.4.9)

  bool may_expunge(const View& view) const;
  // The UIDs of those that go, which are \Deleted. With UID EXPUNGE they are among the `chosen` indexes too, which `uids` names; else `uids` is nullptr.
  std::vector<std::uint64_t> expunged(const View& view, const Set* uids, const std::vector<std::size_t>& chosen) const;

 private:
  bool sets_seen(const FetchAtt& item) const;

  std::map<std::string, std::uint64_t> x_next_uids;  // of a count of the session's own
  std::map<std::uint64_t, StoredMessage> x_staying;  // moved messages
};

}  // namespace mailspec::reference::imap
