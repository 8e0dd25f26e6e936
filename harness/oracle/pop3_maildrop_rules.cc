#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "harness/base/ascii.h"
#include "harness/base/planted.h"
#include "harness/base/text.h"
#include "harness/oracle/pop3_rule_parts.h"

namespace mailspec::oracle {

namespace {

// ---- what a session says of its maildrop: numbers, sizes, unique-ids, octets, marks (RFC 1939 4 to 7 and 11)

struct Slot {
  std::optional<std::uint64_t> size;
  std::optional<std::string> uid;
  std::optional<std::string> sha256;
  std::optional<std::uint64_t> octets;  // of RETR
  std::string head;                     // of RETR, as kept
  bool whole = false;
  std::uint64_t header_octets = 0;
  std::uint64_t body_lines = 0;
};

class View : public Rule {
 public:
  std::vector<std::string> requirements() const override {
    return {"rfc1939/5/stat-format",         "rfc1939/5/stat-counts",        "rfc1939/5/stat-sums",           "rfc1939/5/scan-listing-format",
            "rfc1939/5/list-complete",       "rfc1939/5/list-names-message", "rfc1939/5/list-size-exact",     "rfc1939/4/numbers-from-one",
            "rfc1939/4/view-stays",          "rfc1939/7/uidl-format",        "rfc1939/7/uidl-characters",     "rfc1939/7/uidl-names-message",
            "rfc1939/7/uidl-complete",       "rfc1939/7/uidl-unique",        "rfc1939/7/uidl-persists",       "rfc1939/7/top-agrees-with-retr",
            "rfc1939/5/retr-same-octets",    "rfc1939/5/deleted-is-gone",    "rfc6856/2.1/list-size-as-sent", "rfc6856/2.1/no-utf8-without-mode",
            "rfc1939/5/rset-unmarks",        "rfc1939/6/no-quit-no-removal", "rfc1939/5/no-such-message",     "rfc1939/6/quit-removes-marked-only",
            "rfc1939/6/quit-removes-marked", "rfc1939/5/dele-accepts",       "rfc1939/7/top-sends-lines",     "rfc1939/5/malformed-number-refused"};
  }

  void step(const Trace& trace, std::size_t index, Sink& sink) override {
    const auto& e = trace.events[index];
    if (e.imap) {
      // Whatever is said there may change the mailbox.
      if (e.kind == Kind::sent) disturb();
      return;
    }
    if (e.kind == Kind::prepared) x_uids.erase(e.octets), x_left.erase(e.octets);
    if (e.kind == Kind::delivered) {
      x_left.clear();
      for (auto& [n, c] : x_connections) ++c.arrived;
    }
    auto& c = x_connections[e.connection];
    if (e.kind == Kind::connect) {
      c = {};
      return;
    }
    if (e.kind == Kind::dropped || e.kind == Kind::closed) left(c, false);
    if (e.kind == Kind::sent && e.pop3_command.keyword == "QUIT") c.quit_sent = true;
    if (e.kind == Kind::sent && !c.transaction) c.early.push_back(e.pop3_command.keyword);
    if (e.kind != Kind::received) return;
    const auto& k = e.pop3_command.keyword;
    const auto early = std::ranges::find(c.early, k);
    const bool sent_early = c.transaction && early != c.early.end();
    if (early != c.early.end()) c.early.erase(early);
    if (completes_login(e)) {
      c.transaction = true;
      c.user = e.user;
      ++x_open[c.user];
      // Another session at work on the maildrop: what is left is not for us to say.
      if (x_open[c.user] > 1) x_left.erase(c.user), x_crowded.insert(c.user);
      return;
    }
    if (k == "UTF8" && e.pop3_response.ok()) c.utf8 = true;
    if (!c.transaction) return;
    At at{trace, index, sink, e.pop3_response, c, sent_early};
    if (k == "STAT") stat(at);
    else if (k == "LIST") list(at, e.pop3_command);
    else if (k == "UIDL") uidl(at, e.pop3_command);
    else if (k == "RETR") retr(at, e.pop3_command);
    else if (k == "TOP") top(at, e.pop3_command);
    else if (k == "DELE") dele(at, e.pop3_command);
    else if (k == "RSET" && e.pop3_response.ok() && e.pop3_command.args.empty()) {
      c.taken_back = c.deleted.size();
      c.deleted.clear();
      c.after_reset = true;
    } else if (k == "QUIT") {
      c.quit_ok = e.pop3_response.ok();
      left(c, true);
    }
  }

 private:
  struct Connection {
    bool transaction = false, after_reset = false, quit_ok = false, quit_sent = false, utf8 = false;
    bool disturbed = false;  // IMAP has been at work on the mailbox meanwhile
    std::string user;
    // Keywords sent before the login was answered. A server that loses some of them (which rfc2449/6.6/pipelining-across-login judges) answers the
    // others, and whose answer is whose then can't be told.
    std::vector<std::string> early;
    std::map<std::uint64_t, Slot> slots;
    std::set<std::uint64_t> deleted;
    std::uint64_t taken_back = 0;              // marks, by RSET
    std::optional<std::uint64_t> count;        // messages in the maildrop, those marked included
    std::optional<std::uint64_t> stat_octets;  // what STAT said when nothing was marked
    std::uint64_t arrived = 0;                 // messages that were delivered meanwhile
    // Where there are more messages than the session before has left: what it has removed. New mail is not that.
    std::set<std::string> removed_uids, removed_octets;
  };
  struct At {
    const Trace& trace;
    std::size_t index;
    Sink& sink;
    const Response& reply;
    Connection& c;
    bool early;
    void found(std::string id, std::string what, std::size_t offset = 0, bool in_content = false) const {
      if (early) return;
      sink.found({std::move(id), std::move(what), index, offset, in_content, {}});
    }
    void exercised(const char* id) const { sink.exercised(id); }
  };

  void disturb() {
    x_left.clear();
    for (auto& [n, c] : x_connections) c.disturbed = true;
  }

  // How many messages there are is said by STAT, LIST and UIDL alike.
  void count_is(const At& at, std::uint64_t count, const char* id, const std::string& who) {
    auto& c = at.c;
    at.exercised(id);
    if (!c.count) {
      first_look(at, count);
      c.count = count;
      return;
    }
    if (*c.count == count) return;
    const bool still_marked = c.after_reset && c.taken_back > 0 && count + c.taken_back == *c.count;
    at.found(still_marked ? "rfc1939/5/rset-unmarks" : id, who + " counts " + number(count - std::min<std::uint64_t>(count, c.deleted.size())) + " messages; " +
                                                               number(*c.count - c.deleted.size()) + " were due");
  }

  // The first count of a session against what the session before left behind.
  void first_look(const At& at, std::uint64_t count) {
    const auto it = x_left.find(at.c.user);
    if (it == x_left.end()) return;
    const auto& was = it->second;
    const char* id = was.by_quit ? "rfc1939/6/quit-removes-marked-only" : "rfc1939/6/no-quit-no-removal";
    at.exercised(id);
    // More than was left can be new mail. Whether a message is what was to be removed, its unique-id or its octets tell.
    const bool more = was.by_quit && count > was.count + was.arrived;
    if (was.by_quit && (!more || !was.removed_uids.empty() || !was.removed_octets.empty())) at.exercised("rfc1939/6/quit-removes-marked");
    if (more) {
      at.c.removed_uids = was.removed_uids;
      at.c.removed_octets = was.removed_octets;
    }
    if (count >= was.count) return;
    if (was.by_quit) {
      at.found(id, "the session before ended with QUIT and should have left " + number(was.count) + " messages; there are " + number(count));
    } else {
      at.found(id, "the session before ended without QUIT, so its " + number(was.count) + " messages must still be there; there are " + number(count));
    }
  }

  void left(Connection& c, bool by_quit) {
    if (!c.transaction) return;
    c.transaction = false;
    --x_open[c.user];
    if (x_crowded.contains(c.user)) return;
    // A QUIT whose answer nobody has read may have been carried out.
    const bool perhaps = by_quit ? !c.quit_ok : c.quit_sent;
    if (!c.count || c.disturbed || perhaps) {
      x_left.erase(c.user);
      return;
    }
    Left left{by_quit ? *c.count - c.deleted.size() : *c.count, by_quit, c.arrived, {}, {}};
    std::set<std::string> kept, kept_uids;
    std::uint64_t known_uids = 0;  // of messages that stay
    for (const auto& [n, slot] : c.slots) {
      const bool marked = c.deleted.contains(n);
      if (slot.uid) (marked ? left.removed_uids : kept_uids).insert(*slot.uid);
      if (slot.uid && !marked) ++known_uids;
      if (slot.sha256) (marked ? left.removed_octets : kept).insert(*slot.sha256);
    }
    // Of two messages that are alike one may stay, and a unique-id may be made of the octets (RFC 1939 7).
    if (kept.size() < left.count) left.removed_octets.clear();
    if (known_uids < left.count) left.removed_uids.clear();
    for (const auto& octets : kept) left.removed_octets.erase(octets);
    for (const auto& uid : kept_uids) left.removed_uids.erase(uid);
    x_left[c.user] = std::move(left);
  }

  // A message by which it shows that QUIT has not removed what was marked.
  void was_removed(const At& at, std::uint64_t n, std::set<std::string>& removed, const std::string& sign, const char* what) {
    if (!removed.contains(sign)) return;
    at.found("rfc1939/6/quit-removes-marked", "the session before marked a message as deleted and ended with QUIT; message " + number(n) + " has its " + what);
    at.c.removed_uids.clear();
    at.c.removed_octets.clear();
  }

  // A number in reach, and not marked.
  bool known(const Connection& c, std::uint64_t n) const { return c.count && n >= 1 && n <= *c.count && !c.deleted.contains(n); }

  // An answer about message n: was it one that can be asked for?
  void refers(const At& at, const pop3::Command& command) {
    if (command.args.empty() && !planted("retr-without-argument")) return;  // it names no message: another rule's affair
    const auto n = message_of(command);
    if (at.c.deleted.contains(n)) {
      at.exercised("rfc1939/5/deleted-is-gone");
      if (at.reply.ok())
        at.found("rfc1939/5/deleted-is-gone", command.keyword + " " + number(n) + " was served although message " + number(n) + " is marked as deleted");
    } else if (at.c.count && (n > *at.c.count || (n == 0 && command.args[0].find_first_not_of('0') == std::string::npos && !command.args[0].empty()))) {
      const char* id = n == 0 ? "rfc1939/5/malformed-number-refused" : "rfc1939/5/no-such-message";
      at.exercised(id);
      if (at.reply.ok()) at.found(id, command.keyword + " " + command.args[0] + " was served, but the maildrop has " + number(*at.c.count) + " messages");
    } else if (at.c.after_reset && known(at.c, n) && at.reply.status == pop3::Status::err && !excused(at)) {
      at.found("rfc1939/5/rset-unmarks", command.keyword + " " + number(n) + " was refused after RSET: " + quoted(at.reply.line));
    }
  }

  // Refusals that say nothing about the message's being there.
  static bool excused(const At& at) { return code_is(at.reply.code, "SYS") || code_is(at.reply.code, "UTF8") || at.trace.offers("UTF8"); }

  void stat(const At& at) {
    if (!at.reply.ok()) return;
    at.exercised("rfc1939/5/stat-format");
    const auto drop = pop3::parse_drop_listing(at.reply.text);
    if (!drop) {
      at.found("rfc1939/5/stat-format", "'+OK', one space, a number, one space, a number was due; " + quoted(at.reply.line) + " came", 3);
      return;
    }
    count_is(at, drop->count + at.c.deleted.size(), "rfc1939/5/stat-counts", "STAT");
    // The sum over LIST, where it is known for all. RFC 6856 2.1 frees servers with UTF8 from exact sums.
    std::uint64_t sum = 0, have = 0;
    for (const auto& [n, slot] : at.c.slots) {
      if (at.c.deleted.contains(n) || !slot.size) continue;
      sum += *slot.size;
      ++have;
    }
    if (at.c.deleted.empty() || planted("stat-while-marked")) at.c.stat_octets = drop->octets;  // marks may be taken back before LIST comes
    if (have == drop->count && at.c.count) sums(at, drop->octets, sum);
    else if (drop->count == 0) sums(at, drop->octets, 0);
  }

  void sums(const At& at, std::uint64_t stat, std::uint64_t sum) {
    at.exercised("rfc1939/5/stat-sums");
    if (stat != sum) at.found("rfc1939/5/stat-sums", "STAT says " + number(stat) + " octets, but the sizes in LIST add up to " + number(sum));
  }

  void size_is(const At& at, std::uint64_t n, std::uint64_t size) {
    auto& slot = at.c.slots[n];
    at.exercised("rfc1939/4/view-stays");
    if (slot.size && *slot.size != size && !at.c.utf8) {
      at.found("rfc1939/4/view-stays", "the size of message " + number(n) + " was " + number(*slot.size) + " before, and is now " + number(size));
    }
    slot.size = size;
    octets_are(at, n);
  }

  // RFC 1939 5 and 11: LIST's size is that of the message as RETR sends it, byte-stuffing undone.
  void octets_are(const At& at, std::uint64_t n) {
    const auto& slot = at.c.slots[n];
    if (!slot.size || !slot.octets) return;
    // RFC 6856 2.1 makes it a SHOULD where messages may need UTF-8 mode.
    const char* id = at.trace.offers("UTF8") && at.trace.utf8_messages ? "rfc6856/2.1/list-size-as-sent" : "rfc1939/5/list-size-exact";
    at.exercised(id);
    if (*slot.size == *slot.octets) return;
    // The last line end of a message that lacks one is added on the way (RFC 1939 3).
    if (at.trace.hostile && *slot.octets == *slot.size + 2) return;
    at.found(id, "LIST says message " + number(n) + " has " + number(*slot.size) + " octets, RETR sent " + number(*slot.octets));
  }

  // That a number beyond 32 bits is taken for another is a finding of its own (security/parsing/number-overflow).
  static bool is_far(const pop3::Command& command) { return command.args.size() == 1 && message_of(command) > std::numeric_limits<std::uint32_t>::max(); }

  void list(const At& at, const pop3::Command& command) {
    if (!command.args.empty()) {
      refers(at, command);
      if (!at.reply.ok()) return;
      at.exercised("rfc1939/5/scan-listing-format");
      const auto one = pop3::parse_listing(at.reply.text);
      const auto size = one ? parse_number(one->value) : std::nullopt;
      if (!size) {
        at.found("rfc1939/5/scan-listing-format", "'+OK', a message-number, one space and a size were due; " + quoted(at.reply.line) + " came", 3);
        return;
      }
      at.exercised("rfc1939/5/list-names-message");
      if (is_far(command)) return;
      if (command.args.size() == 1 && message_of(command) > 0 && one->number != message_of(command)) {
        at.found("rfc1939/5/list-names-message", "LIST " + command.args[0] + " was answered for message " + number(one->number), 4);
        return;
      }
      size_is(at, one->number, *size);
      return;
    }
    if (!at.reply.ok()) return;
    at.exercised("rfc1939/5/scan-listing-format");
    std::map<std::uint64_t, std::uint64_t> sizes;
    std::size_t offset = 0;
    for (const auto& line : at.reply.content.split_lines()) {
      const auto one = pop3::parse_listing(line);
      const auto size = one ? parse_number(one->value) : std::nullopt;
      if (!size) {
        at.found("rfc1939/5/scan-listing-format", "a message-number, one space and a size were due; the line " + quoted(line) + " came", offset, true);
        return;
      }
      if (!sizes.emplace(one->number, *size).second) {
        at.found("rfc1939/5/list-complete", "LIST has two lines for message " + number(one->number), offset, true);
        return;
      }
      offset += line.size() + 2;
    }
    if (!numbers_fit(at, sizes, "rfc1939/5/list-complete", "LIST")) return;
    for (const auto& [n, size] : sizes) size_is(at, n, size);
    if (at.c.stat_octets && at.c.deleted.empty()) {
      std::uint64_t sum = 0;
      for (const auto& [n, size] : sizes) sum += size;
      if (!at.c.utf8) sums(at, *at.c.stat_octets, sum);
    }
  }

  // The numbers of a listing: 1 to the count, without the marked ones (RFC 1939 4 and 5).
  template <class T>
  bool numbers_fit(const At& at, const std::map<std::uint64_t, T>& lines, const char* id, const std::string& who) {
    for (const auto& [n, value] : lines) {
      if (at.c.deleted.contains(n)) {
        at.exercised("rfc1939/5/deleted-is-gone");
        at.found("rfc1939/5/deleted-is-gone", who + " lists message " + number(n) + ", which is marked as deleted");
        return false;
      }
    }
    if (!at.c.deleted.empty()) at.exercised("rfc1939/5/deleted-is-gone");
    at.exercised("rfc1939/4/numbers-from-one");
    at.exercised(id);
    std::uint64_t due = 1;
    for (const auto& [n, value] : lines) {
      while (at.c.deleted.contains(due)) ++due;
      if (n != due) {
        // A gap at the start or inside: the numbering is off unless a line is just missing.
        const bool missing = at.c.count && *at.c.count - at.c.deleted.size() > lines.size();
        at.found(missing ? id : "rfc1939/4/numbers-from-one", who + " has no line for message " + number(due) + " but one for " + number(n));
        return false;
      }
      ++due;
    }
    const auto findings = at.sink.x_findings.size();
    count_is(at, lines.size() + at.c.deleted.size(), id, who);
    return at.sink.x_findings.size() == findings;
  }

  bool uid_fits(const At& at, const std::string& line, bool in_content, std::size_t offset) {
    at.exercised("rfc1939/7/uidl-format");
    at.exercised("rfc1939/7/uidl-characters");
    const auto one = pop3::parse_listing(line);
    if (!one) {
      at.found("rfc1939/7/uidl-format", "a message-number, one space and a unique-id were due; " + quoted(line) + " came", offset, in_content);
      return false;
    }
    if (!one->rest.empty()) {
      at.found("rfc1939/7/uidl-format", "nothing may follow the unique-id; " + quoted(line) + " came", offset, in_content);
      return false;
    }
    const bool good = std::ranges::all_of(one->value, [](char c) { return c >= 0x21 && c <= 0x7e; });
    if (!good || one->value.size() > 70) {
      at.found("rfc1939/7/uidl-characters", "a unique-id has 1 to 70 characters from 0x21 to 0x7E; " + quoted(one->value) + " has " + number(one->value.size()),
               offset, in_content);
      return false;
    }
    return true;
  }

  void uid_is(const At& at, std::uint64_t n, const std::string& uid) {
    auto& slot = at.c.slots[n];
    at.exercised("rfc1939/4/view-stays");
    if (slot.uid && *slot.uid != uid) {
      at.found("rfc1939/4/view-stays", "the unique-id of message " + number(n) + " was " + quoted(*slot.uid) + " before, and is now " + quoted(uid));
    }
    slot.uid = uid;
    was_removed(at, n, at.c.removed_uids, uid, "unique-id");
    bind(at, n);
  }

  // One unique-id, one message, in all sessions (RFC 1939 7).
  void bind(const At& at, std::uint64_t n) {
    const auto& slot = at.c.slots[n];
    if (!slot.uid || !slot.sha256 || at.trace.offers("UTF8")) return;
    const auto [it, fresh] = x_uids[at.c.user].emplace(*slot.uid, *slot.sha256);
    at.exercised("rfc1939/7/uidl-persists");
    if (!fresh && it->second != *slot.sha256) {
      at.found("rfc1939/7/uidl-persists", "unique-id " + quoted(*slot.uid) + " stood for another message before");
    }
  }

  void uidl(const At& at, const pop3::Command& command) {
    if (!command.args.empty()) {
      refers(at, command);
      if (!at.reply.ok() || !uid_fits(at, at.reply.text, false, 4)) return;
      const auto one = *pop3::parse_listing(at.reply.text);
      at.exercised("rfc1939/7/uidl-names-message");
      if (is_far(command)) return;
      if (command.args.size() == 1 && message_of(command) > 0 && one.number != message_of(command)) {
        at.found("rfc1939/7/uidl-names-message", "UIDL " + command.args[0] + " was answered for message " + number(one.number), 4);
        return;
      }
      uid_is(at, one.number, one.value);
      return;
    }
    if (!at.reply.ok()) return;
    std::map<std::uint64_t, std::string> uids;
    std::map<std::string, std::uint64_t> owners;
    std::size_t offset = 0;
    for (const auto& line : at.reply.content.split_lines()) {
      if (!uid_fits(at, line, true, offset)) return;
      const auto one = *pop3::parse_listing(line);
      if (!uids.emplace(one.number, one.value).second) {
        at.found("rfc1939/7/uidl-complete", "UIDL has two lines for message " + number(one.number), offset, true);
        return;
      }
      at.exercised("rfc1939/7/uidl-unique");
      const auto [owner, fresh] = owners.emplace(one.value, one.number);
      if (!fresh) {
        at.found("rfc1939/7/uidl-unique",
                 "messages " + number(owner->second) + " and " + number(one.number) + " differ but share the unique-id " + quoted(one.value), offset, true);
        return;
      }
      offset += line.size() + 2;
    }
    if (!numbers_fit(at, uids, "rfc1939/7/uidl-complete", "UIDL")) return;
    for (const auto& [n, uid] : uids) uid_is(at, n, uid);
  }

  void retr(const At& at, const pop3::Command& command) {
    refers(at, command);
    if (!at.reply.ok() || !at.reply.multi_line) return;
    ascii_header(at);
    const auto n = message_of(command);
    if (n == 0) return;
    auto& slot = at.c.slots[n];
    const auto& content = at.reply.content;
    at.exercised("rfc1939/5/retr-same-octets");
    if (slot.sha256 && *slot.sha256 != content.sha256 && !at.c.utf8) {
      at.found("rfc1939/5/retr-same-octets",
               "RETR " + number(n) + " sent other octets than before (" + number(content.octets) + ", before " + number(*slot.octets) + ")");
    }
    slot.sha256 = content.sha256;
    was_removed(at, n, at.c.removed_octets, content.sha256, "octets");
    slot.octets = content.octets;
    slot.head = content.head;
    slot.whole = content.whole;
    slot.header_octets = content.header_octets;
    slot.body_lines = content.body_lines;
    octets_are(at, n);
    bind(at, n);
  }

  // RFC 1939 7: the header, the empty line, and that many lines of the body; all if there are not so many.
  void top(const At& at, const pop3::Command& command) {
    refers(at, command);
    if (at.reply.ok() && at.reply.multi_line) ascii_header(at);
    const auto n = message_of(command);
    const auto it = at.c.slots.find(n);
    if (!at.reply.ok() || !at.reply.multi_line || command.args.size() != 2 || it == at.c.slots.end() || !it->second.sha256) return;
    const auto& slot = it->second;
    const auto& content = at.reply.content;
    if (command.args[1].empty() || command.args[1].find_first_not_of("0123456789") != std::string::npos) return;
    const auto asked = parse_number(command.args[1]).value_or(~0ull);
    at.exercised("rfc1939/7/top-agrees-with-retr");
    at.exercised("rfc1939/7/top-sends-lines");
    const bool all = asked >= slot.body_lines;
    if (all && content.sha256 == *slot.sha256) return;
    const auto wrong = [&](const char* id, std::size_t offset, const std::string& what) {
      at.found(id, "TOP " + number(n) + " " + command.args[1] + ": " + what, offset, true);
    };
    // What was kept of both must agree, and then the number of lines must be right.
    const auto both = std::min(content.head.size(), slot.head.size());
    const auto mismatch = std::ranges::mismatch(std::string_view(content.head).substr(0, both), std::string_view(slot.head).substr(0, both));
    const auto same = static_cast<std::size_t>(mismatch.in1 - std::string_view(content.head).substr(0, both).begin());
    const bool more = all && content.octets >= *slot.octets;
    if (same < both || more) {
      return wrong(
          "rfc1939/7/top-agrees-with-retr", same,
          "from octet " + number(same) + " on other octets came than RETR sends (" + number(content.octets) + ", by RETR " + number(*slot.octets) + ")");
    }
    const char* lines = "rfc1939/7/top-sends-lines";
    if (all) return wrong(lines, content.head.size(), "the whole message was due (" + number(*slot.octets) + " octets); " + number(content.octets) + " came");
    if (content.header_octets != slot.header_octets)
      return wrong(lines, content.head.size(), "the header and its empty line have " + number(slot.header_octets) + " octets in RETR");
    if (content.body_lines != asked) return wrong(lines, content.head.size(), number(content.body_lines) + " lines of the body came");
  }

  // RFC 6856 2.1: outside UTF-8 mode no header is sent in UTF-8. Bodies may be 8bit (RFC 6152).
  void ascii_header(const At& at) {
    if (!at.trace.offers("UTF8") || at.c.utf8 || !at.trace.utf8_messages) return;
    at.exercised("rfc6856/2.1/no-utf8-without-mode");
    const auto header = at.reply.content.header();
    const auto eighth = std::ranges::find_if(header, [](char c) { return (c & 0x80) != 0; });
    if (eighth == header.end()) return;
    const auto offset = static_cast<std::size_t>(eighth - header.begin());
    at.found("rfc6856/2.1/no-utf8-without-mode",
             "outside UTF-8 mode the header has an octet above 0x7F: " + quoted(header.substr(header.rfind('\n', offset) + 1, 60)), offset, true);
  }

  void dele(const At& at, const pop3::Command& command) {
    refers(at, command);
    const auto n = message_of(command);
    if (at.reply.ok() && n > 0 && command.args.size() == 1) at.c.deleted.insert(n);
    if (known(at.c, n) && command.args.size() == 1) at.exercised("rfc1939/5/dele-accepts");
    if (at.reply.status == pop3::Status::err && command.args.size() == 1 && known(at.c, n) && command.args[0] == number(n) && !code_is(at.reply.code, "SYS")) {
      at.found("rfc1939/5/dele-accepts", "DELE " + number(n) + " was refused although message " + number(n) + " is there: " + quoted(at.reply.line));
    }
  }

  struct Left {
    std::uint64_t count;
    bool by_quit;
    std::uint64_t arrived;  // more, at the most
    std::set<std::string> removed_uids, removed_octets;
  };
  std::map<int, Connection> x_connections;
  std::map<std::string, std::map<std::string, std::string>> x_uids;  // user -> unique-id -> octets
  std::map<std::string, Left> x_left;
  std::map<std::string, int> x_open;
  std::set<std::string> x_crowded;
};

}  // namespace

std::unique_ptr<Rule> pop3_maildrop_rule() { return std::make_unique<View>(); }

}  // namespace mailspec::oracle
