// IMAP mailboxes in memory. Sessions keep views of their own (imap/session.h) and compare them with what stands here.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::reference {

struct StoredMessage {
  std::uint64_t uid = 0;
  std::string octets;
  std::int64_t date = 0;        // INTERNALDATE: seconds since 1970, UTC
  int zone = 0;                 // minutes east of UTC
  std::set<std::string> flags;  // system flags as RFC 9051 writes them; keywords as first written
  std::uint64_t changed = 0;    // Mailbox::changes when its flags last changed
  bool recent = true;           // no session has had it as \Recent yet
  std::uint64_t serial = 0;     // what POP3's unique-id is made of
  bool delivered = false;       // by mail, not by IMAP
  bool mended = false;          // a bare LF among CRLFs has become one
};

struct Mailbox {
  std::string name;  // UTF-8, levels separated by the server's delimiter
  std::uint32_t uid_validity = 0;
  std::uint64_t uid_next = 1, uid_stride = 1;
  std::uint64_t next_serial = 1;
  std::map<std::uint64_t, StoredMessage> messages;
  std::map<std::uint64_t, StoredMessage> ghosts;  // expunged, while sessions may not have been told
  std::uint64_t changes = 1;                      // counts whatever happens to it
  int sessions = 0;                               // that have it selected, or open as a maildrop
  bool selectable = true;
  std::uint64_t owner = 0;   // the session that has selected it last
  double held_until = -1e9;  // by a session that has been dropped: seconds
  std::set<std::string> keywords;
  std::string use;  // \Sent and the like (RFC 6154)

  StoredMessage& append(std::string octets, std::set<std::string> flags, std::int64_t date, int zone);
  // Sessions that look at it keep what they see, until the last of them has left.
  void expunge(std::uint64_t uid);
  void leave();
  void clear();  // expunges all
  // System flags as the RFC writes them; keywords keep the case of their first use.
  std::string flag_as_kept(const std::string& flag) const;
  void renumber();  // gives all messages new UIDs, under the same UIDVALIDITY: a fault
};

struct Mailboxes {
  std::map<std::string, Mailbox, std::less<>> all;  // INBOX is always there; its UIDVALIDITY comes with the first login
  // While sessions have them selected; as nodes, so that they stay where they are.
  std::list<std::map<std::string, Mailbox, std::less<>>::node_type> deleted;
  std::set<std::string> subscribed;
  std::uint32_t next_uid_validity = 0;
  std::uint64_t first_uid = 1, uid_stride = 1;
  std::map<std::string, std::uint32_t> remembered;  // UIDVALIDITY of deleted ones, for the deviation that gives it again

  // With the first login; does nothing later.
  void begin(std::uint32_t uid_validity, std::uint64_t first, std::uint64_t stride);
  Mailbox* find(std::string_view name);
  Mailbox& create(const std::string& name);
  bool has_children(std::string_view name, std::string_view separator) const;
};

// "INBOX" in any case as INBOX, all else as it is.
std::string canonical(std::string_view name);

}  // namespace mailspec::reference
