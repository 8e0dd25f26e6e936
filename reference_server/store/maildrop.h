// The in-memory store: accounts with their mailboxes. A POP3 session's maildrop is the account's INBOX.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "reference_server/store/mailbox.h"

namespace mailspec::reference {

// What POP3 keeps of a maildrop beside its messages.
struct Maildrop {
  int sessions = 0;  // of POP3
  bool locked = false;
  double last_login = -1e9;       // seconds, for LOGIN-DELAY
  double held_until = -1e9;       // by a session that has been dropped
  std::set<std::uint64_t> marks;  // that outlive their session, by a fault
};

// What a server remembers of those who have come, where it sets limits.
struct Traffic {
  bool comes_too_fast(double now);  // counts the one that comes now, too
  std::deque<double> connections;   // when they came, in seconds
  std::uint64_t sessions = 0, logins = 0, refused_logins = 0, removals = 0;
};

struct Account {
  std::string name;      // SASLprep form
  std::string password;  // SASLprep form
  Maildrop maildrop;
  Mailboxes mailboxes;
  bool apop = false;      // logs in by APOP and the challenge mechanisms only (RFC 1939 13)
  bool unusable = false;  // its maildrop cannot be opened
  int imap_sessions = 0;

  Mailbox& inbox() { return *mailboxes.find("INBOX"); }
  // Delivers one message: bare LF becomes CRLF unless `verbatim`; a last line without an end gets one.
  StoredMessage& deliver(std::string_view octets, bool verbatim = false);
};

class Store {
 public:
  Account& add(std::string name, std::string password);
  Account* find(std::string_view name);
  std::map<std::string, Account, std::less<>>& accounts() { return x_accounts; }
  Traffic traffic;

 private:
  std::map<std::string, Account, std::less<>> x_accounts;
};

}  // namespace mailspec::reference
