// What a maildrop shows, what is marked in it, and what the UPDATE state removes (RFC 1939 4 to 7).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reference_server/policy/policy.h"
#include "reference_server/pop3/slot.h"
#include "reference_server/store/maildrop.h"

namespace mailspec::reference::pop3 {

class MaildropPolicy : public Policy {
 public:
  using Policy::Policy;

  // RFC 1939 4: the messages that are numbered. The maildrop is INBOX as it is now, whatever has brought or taken them.
  std::vector<const StoredMessage*> shown(const Mailbox& inbox) const;
  // RFC 1939 7: `uid` is the message's own in all sessions. `number` and `nonce` are of this session.
  std::string unique_id(std::string uid, const StoredMessage& message, std::size_t number, const std::string& nonce) const;

  // The number in an argument; nothing where it is none.
  std::optional<std::uint64_t> number(const std::string& argument) const;
  // RFC 1939 5, DELE: numbers stay as they are, and those of marked messages name none. nullptr where there is none.
  Slot* find(std::vector<Slot>& slots, std::uint64_t number) const;
  // How many messages STAT counts of a session that has `count`.
  std::uint64_t counted(std::uint64_t count, const Mailbox& inbox) const;
  // Lines of the body that TOP gives of `lines` (RFC 1939 7).
  std::uint64_t body_lines(const StoredMessage& message, std::uint64_t lines) const;

  // What RETR, DELE, RSET and CAPA do to marks.
  void retrieved(Slot& slot) const;
  void mark(Slot& slot, Mailbox& inbox) const;
  void unmark(std::vector<Slot>& slots, std::string_view command) const;

  // RFC 1939 6: the UPDATE state removes the messages marked as deleted, and no others.
  void update(Account& account, const std::vector<Slot>& slots) const;
  // Commands and ends of sessions behind which there is an UPDATE state: QUIT alone. `way` is RSET, QUIT, "drop" or "timer".
  bool updates(std::string_view way) const;
  // What a connection leaves that is lost; `input` is what it had sent of a line.
  void drop(Account& account, std::vector<Slot>& slots, std::string_view input) const;
  // RFC 1939 4: is the lock let go?
  bool unlocks(bool by_quit) const;
};

}  // namespace mailspec::reference::pop3
