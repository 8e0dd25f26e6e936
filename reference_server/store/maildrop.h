// The in-memory store: accounts, their maildrops, and what a POP3 session sees of one.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reference_server/store/mailbox.h"

namespace mailspec::reference {

struct Message {
  std::string octets;  // lines end in CRLF; other octets as they were delivered
  std::string uid;
  bool removed = false;  // by an UPDATE, while another session still reads it
};

struct Maildrop {
  std::list<Message> messages;  // a list: sessions keep pointers
  std::uint64_t next_uid = 1;
  int sessions = 0;  // open ones
  bool locked = false;
  double last_login = -1e9;  // seconds, for LOGIN-DELAY

  // Delivers one message: bare LF becomes CRLF unless `verbatim`; a last line without an end gets one.
  Message& deliver(std::string_view octets, bool verbatim = false);
  // Drops removed messages once no session can read them.
  void purge();
};

struct Account {
  std::string name;      // SASLprep form
  std::string password;  // SASLprep form
  Maildrop maildrop;
  Mailboxes mailboxes;    // of IMAP
  bool apop = false;      // logs in by APOP and the challenge mechanisms only (RFC 1939 13)
  bool unusable = false;  // its maildrop cannot be opened
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
