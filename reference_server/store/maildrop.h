// The in-memory store: accounts with their mailboxes. A POP3 session's maildrop is the account's INBOX.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "reference_server/store/mailbox.h"

namespace mailspec::reference {

// What POP3 keeps of a maildrop beside its messages.
struct Maildrop {
  int sessions = 0;  // of POP3
  bool locked = false;
  double last_login = -1e9;  // seconds, for LOGIN-DELAY
};

struct Account {
  std::string name;      // SASLprep form
  std::string password;  // SASLprep form
  Maildrop maildrop;
  Mailboxes mailboxes;
  bool apop = false;      // logs in by APOP and the challenge mechanisms only (RFC 1939 13)
  bool unusable = false;  // its maildrop cannot be opened

  Mailbox& inbox() { return *mailboxes.find("INBOX"); }
  // Delivers one message: bare LF becomes CRLF unless `verbatim`; a last line without an end gets one.
  StoredMessage& deliver(std::string_view octets, bool verbatim = false);
};

class Store {
 public:
  Account& add(std::string name, std::string password);
  Account* find(std::string_view name);
  std::map<std::string, Account, std::less<>>& accounts() { return x_accounts; }

 private:
  std::map<std::string, Account, std::less<>> x_accounts;
};

}  // namespace mailspec::reference
