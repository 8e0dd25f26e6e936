// What a client is told of its mailbox, and when (RFC 9051 5.2, 5.3, 7.4.1, 7.5.1).
#pragma once

#include <cstdint>
#include <string_view>

#include "reference_server/imap/view.h"
#include "reference_server/policy/policy.h"

namespace mailspec::reference::imap {

class TellingPolicy : public Policy {
 public:
  using Policy::Policy;

  // The mailbox that is selected. RFC 9051 6.3.2, 6.3.6: a selection stays with its mailbox, whatever that is called later.
  Mailbox* selected(const View& view, Mailboxes& boxes) const;
  // RFC 9051 7.5.1: the numbers of messages stay as they are until EXPUNGE has been sent; so before this command, too.
  void count(View& view, std::string_view command) const;

  // RFC 9051 7.5.1: while a command counts messages no EXPUNGE may come; `counts`: this one does.
  bool may_tell_expunge(bool counts) const;
  // Once it may come, all that others have removed is told.
  bool tells_expunge(bool own, bool idling);
  // The number in EXPUNGE: of the message at `index` once `before` others of the same batch have gone.
  std::uint64_t expunge_number(const View& view, std::size_t index, std::size_t before) const;
  // RFC 9051 6.4.3: whoever has removed a message, the client is told.
  bool sends_expunge(bool idling) const;
  // How many EXPUNGEs are sent of messages that the client has never been told of.
  std::size_t unannounced(View& view) const;

  // RFC 9051 5.2: new messages are told with any command. `command` is the one in progress, "" if there is none.
  bool tells_new(std::string_view command) const;
  // RFC 9051 7.4.1: flags follow EXISTS; of the last `fresh` messages they may be due before it.
  bool flags_come_first(View& view, std::size_t fresh) const;
  bool tells_flags() const;

  // RFC 9051 6.3.13.
  bool tells_in_idle() const;
  void begin_idle(View& view) const;

 private:
  int x_held_back = 0;  // times that news of EXPUNGE was kept back
};

}  // namespace mailspec::reference::imap
