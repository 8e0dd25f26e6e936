// What a client knows of its session and of the selected mailbox, from what was said: sequence number to UID to flags.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/oracle/trace.h"

namespace mailspec::oracle {

struct Selection {
  std::string mailbox;
  bool read_only = false;
  std::uint64_t exists = 0;
  std::optional<bool> counted;  // EXISTS has said how many there are; nothing while what was appended is untold, false where messages have gone unsaid
  std::uint64_t recent = 0;
  std::vector<std::uint64_t> uids;  // by number less one; 0 is not known
  std::uint64_t uid_validity = 0, uid_next = 0;
  std::uint64_t uid_next_count = 0;  // how many messages there were when UIDNEXT was told
  std::uint64_t version = 0;         // counts whatever may have changed a message or a number
  std::size_t since = 0;             // the event by which it was asked for
  std::uint64_t expunged = 0;        // messages of whose end the session was told: until the next, numbers mean what they have meant
};

struct ImapSession {
  struct Running {
    std::string tag, name, args;
    bool done = false;
    std::size_t event = 0;
    bool given_up = false;  // an untagged BAD may have been its answer
    bool ended = false;     // the client has ended it by a line of its own (IDLE)
  };
  std::string user;
  bool greeted = false, tls = false, authenticated = false, implicit_tls = false;
  bool rev2 = false, utf8 = false;
  bool bye = false, logout = false;
  std::vector<Running> running;  // commands not answered yet, oldest first
  bool selected = false;
  bool unsure = false;         // whether a mailbox is selected, and which
  bool others_remove = false;  // another session may have removed messages of which this one was not told
  Selection selection;
  std::optional<Selection> next;  // of a SELECT under way
  std::vector<std::string> tags;  // all that were sent
  bool idling() const;
  const Running* find(const std::string& tag) const;
  // The only command under way, if there is one and only one, sent to its end.
  const Running* only() const;
  Selection* data();  // what untagged mailbox data is about; nullptr if nothing
};

class ImapViews {
 public:
  ImapSession& of(int connection) { return x_sessions[connection]; }
  const std::map<int, ImapSession>& all() const { return x_sessions; }
  void update(const Trace& trace, std::size_t index);
  // Somebody who does not speak IMAP is at work on the mailbox.
  void disturbed();
  const std::vector<std::string>& stray(int connection) const;

 private:
  void received(const Trace& trace, ImapSession& s, const imap::Response& r);
  void tagged(const Trace& trace, ImapSession& s, const imap::Response& r);
  static void begin_select(ImapSession& s);
  static void given_up(ImapSession& s);
  static void vanished(ImapSession& s, Selection& d, const imap::Response& r);
  std::map<int, ImapSession> x_sessions;
  std::map<int, std::vector<std::string>> x_stray;  // words of lines that are no commands
};

}  // namespace mailspec::oracle
