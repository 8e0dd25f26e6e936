#include "harness/oracle/pop3_rules.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "harness/base/ascii.h"
#include "harness/base/text.h"

namespace mailspec::oracle {

namespace {

using pop3::code_is;
using pop3::Reply;
using Kind = Event::Kind;

std::string quoted(std::string_view octets) { return "'" + visible(octets, 120) + "'"; }
std::string number(std::uint64_t n) { return std::to_string(n); }

// The number a command names: 0 when it names none. Leading zeros are no canonical number and are left alone.
std::uint64_t message_of(const pop3::Command& command) {
  if (command.args.empty()) return 0;
  return parse_number(command.args[0]).value_or(0);
}

bool completes_login(const Event& e) {
  const auto& k = e.command.keyword;
  return e.reply.ok() && (k == "PASS" || k == "APOP" || k == "AUTH" || e.command.sasl_response);
}

// ---- the syntax of responses, and one response to each command (RFC 1939 3, RFC 2449 3, RFC 5034 4)

class Syntax : public Rule {
 public:
  std::vector<std::string> requirements() const override {
    return {"rfc1939/3/status-indicator",   "rfc1939/3/status-upper-case",  "rfc1939/3/lines-end-in-crlf",
            "rfc1939/3/first-line-512",     "rfc1939/3/byte-stuffing",      "rfc1939/3/one-response-per-command",
            "rfc1939/3/multi-line-ends",    "rfc2449/3/no-nul-in-response", "rfc2449/3/response-ascii",
            "rfc2449/3/response-printable", "rfc5034/4/challenge-form",     "rfc5034/4/challenge-only-base64",
            "rfc1939/4/greeting-positive",  "rfc1939/6/quit-closes"};
  }

  void step(const Trace& trace, std::size_t index, Sink& sink) override {
    const auto& e = trace.events[index];
    auto& c = x_connections[e.connection];
    switch (e.kind) {
      case Kind::connect: c = {}; break;
      case Kind::received: received(trace, index, sink, c); break;
      case Kind::unasked: {
        if (c.quit) {
          sink.found({"rfc1939/6/quit-closes", "after the answer to QUIT the server sent " + quoted(e.octets), index, 0, false, {}});
        } else {
          sink.found({"rfc1939/3/one-response-per-command", "no command asked for " + quoted(e.octets), index, 0, false, {}});
        }
        break;
      }
      case Kind::hang:
        if (c.quit && e.command.keyword.empty()) {
          sink.found({"rfc1939/6/quit-closes", "the connection stayed open after the answer to QUIT", index, 0, false, Finding::Kind::hang});
        } else if (e.reply.multi_line) {
          sink.found({"rfc1939/3/multi-line-ends", "a multi-line response was not ended by a line of '.' in time", index, 0, false, Finding::Kind::hang});
        }
        break;
      case Kind::closed:
        if (c.quit) sink.exercised("rfc1939/6/quit-closes");
        if (e.reply.multi_line && !c.quit) {
          sink.found({"rfc1939/3/multi-line-ends", "the connection was closed inside a multi-line response", index, 0, false, Finding::Kind::closed});
        }
        break;
      default: break;
    }
  }

 private:
  struct Connection {
    bool quit = false, lang = false, utf8 = false;
  };

  void received(const Trace& trace, std::size_t index, Sink& sink, Connection& c) {
    const auto& e = trace.events[index];
    const auto& r = e.reply;
    for (const auto* id : {"rfc1939/3/status-indicator", "rfc1939/3/status-upper-case", "rfc1939/3/lines-end-in-crlf", "rfc1939/3/first-line-512",
                           "rfc1939/3/one-response-per-command"}) {
      sink.exercised(id);
    }
    // RFC 2449's grammar binds who implements it.
    const bool extended = trace.offers("CAPA");
    if (extended) {
      for (const auto* id : {"rfc2449/3/no-nul-in-response", "rfc2449/3/response-printable", "rfc2449/3/response-ascii"}) sink.exercised(id);
    }
    if (r.multi_line) {
      sink.exercised("rfc1939/3/byte-stuffing");
      sink.exercised("rfc1939/3/multi-line-ends");
    }
    if (r.shape == pop3::Shape::greeting) sink.exercised("rfc1939/4/greeting-positive");
    if (r.status == pop3::Status::challenge) {
      sink.exercised("rfc5034/4/challenge-form");
      sink.exercised("rfc5034/4/challenge-only-base64");
    }
    for (const auto& fault : r.faults) {
      if (fault.requirement.starts_with("rfc2449/") && !extended) continue;
      // LANG makes human-readable text UTF-8 (RFC 6856 3.2); UTF8 lets strings be UTF-8 (RFC 6856 2).
      if (fault.requirement == "rfc2449/3/response-ascii" && (c.lang || c.utf8)) continue;
      sink.found({fault.requirement,
                  fault.what + ": " + quoted(fault.in_content ? std::string_view("(in the lines that follow)") : std::string_view(r.line)),
                  index,
                  fault.offset,
                  fault.in_content,
                  {}});
    }
    if (r.shape == pop3::Shape::greeting && r.status == pop3::Status::err) {
      sink.found({"rfc1939/4/greeting-positive", "the greeting is negative: " + quoted(r.line), index, 0, false, {}});
    }
    const auto& k = e.command.keyword;
    // The answer to LANG is itself in the new language.
    if (k == "LANG") c.lang = true;
    if (k == "UTF8" && r.ok()) c.utf8 = true;
    if (k == "QUIT" && r.ok()) c.quit = true;
  }

  std::map<int, Connection> x_connections;
};

// ---- states (RFC 1939 3, 5, 7; RFC 2595 4; RFC 5034 4)

class States : public Rule {
 public:
  std::vector<std::string> requirements() const override {
    return {"rfc1939/3/wrong-state-refused",
            "rfc5034/4/auth-after-auth-refused",
            "rfc2595/4/stls-only-in-authorization",
            "rfc1939/5/noop-positive",
            "rfc1939/5/rset-positive",
            "rfc1939/5/stat-positive",
            "rfc1939/5/list-positive",
            "rfc1939/6/quit-answered"};
  }

  void step(const Trace& trace, std::size_t index, Sink& sink) override {
    const auto& e = trace.events[index];
    auto& c = x_connections[e.connection];
    if (e.kind == Kind::connect) c = {};
    if (e.kind != Kind::received || e.reply.shape == pop3::Shape::greeting) return;
    const auto& k = e.command.keyword;
    const auto& r = e.reply;
    static const std::set<std::string> kTransaction{"STAT", "LIST", "RETR", "DELE", "RSET", "NOOP", "TOP", "UIDL"};
    static const std::set<std::string> kAuthorization{"USER", "PASS", "APOP", "AUTH", "STLS"};
    if (!c.transaction && kTransaction.contains(k)) {
      sink.exercised("rfc1939/3/wrong-state-refused");
      if (r.ok()) sink.found({"rfc1939/3/wrong-state-refused", k + " was accepted in the AUTHORIZATION state: " + quoted(r.line), index, 0, false, {}});
    }
    if (c.transaction && kAuthorization.contains(k)) {
      const char* id = k == "AUTH"   ? "rfc5034/4/auth-after-auth-refused"
                       : k == "STLS" ? "rfc2595/4/stls-only-in-authorization"
                                     : "rfc1939/3/wrong-state-refused";
      sink.exercised(id);
      if (r.status != pop3::Status::err) sink.found({id, k + " was accepted in the TRANSACTION state: " + quoted(r.line), index, 0, false, {}});
    }
    // RFC 1939 5 gives these no negative response when they are written as they should be.
    const bool bare = e.command.args.empty();
    if (c.transaction && bare && (k == "NOOP" || k == "RSET" || k == "STAT" || k == "LIST")) {
      const std::string id = "rfc1939/5/" + lower(k) + "-positive";
      sink.exercised(id);
      if (r.status == pop3::Status::err && !code_is(r.code, "SYS")) sink.found({id, k + " was refused: " + quoted(r.line), index, 0, false, {}});
    }
    if (k == "QUIT" && bare) {
      sink.exercised("rfc1939/6/quit-answered");
      // In AUTHORIZATION the only possible response is +OK (RFC 1939 4); after it, -ERR says that some messages remain.
      if (!c.transaction && r.status == pop3::Status::err) {
        sink.found({"rfc1939/6/quit-answered", "QUIT was refused in the AUTHORIZATION state: " + quoted(r.line), index, 0, false, {}});
      }
    }
    if (completes_login(e)) c.transaction = true;
  }

 private:
  struct Connection {
    bool transaction = false;
  };
  std::map<int, Connection> x_connections;
};

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
            "rfc1939/6/quit-removes-marked", "rfc1939/5/dele-accepts"};
  }

  void step(const Trace& trace, std::size_t index, Sink& sink) override {
    const auto& e = trace.events[index];
    if (e.kind == Kind::prepared) x_uids.erase(e.octets), x_left.erase(e.octets);
    if (e.kind == Kind::delivered) x_left.clear();
    auto& c = x_connections[e.connection];
    if (e.kind == Kind::connect) {
      c = {};
      return;
    }
    if (e.kind == Kind::dropped || e.kind == Kind::closed) left(c, false);
    if (e.kind != Kind::received) return;
    const auto& k = e.command.keyword;
    if (completes_login(e)) {
      c.transaction = true;
      c.user = e.user;
      ++x_open[c.user];
      // Another session at work on the maildrop: what is left is not for us to say.
      if (x_open[c.user] > 1) x_left.erase(c.user), x_crowded.insert(c.user);
      return;
    }
    if (k == "UTF8" && e.reply.ok()) c.utf8 = true;
    if (!c.transaction) return;
    At at{trace, index, sink, e.reply, c};
    if (k == "STAT") stat(at);
    else if (k == "LIST") list(at, e.command);
    else if (k == "UIDL") uidl(at, e.command);
    else if (k == "RETR") retr(at, e.command);
    else if (k == "TOP") top(at, e.command);
    else if (k == "DELE") dele(at, e.command);
    else if (k == "RSET" && e.reply.ok() && e.command.args.empty()) {
      c.deleted.clear();
      c.after_reset = true;
    } else if (k == "QUIT") {
      c.quit_ok = e.reply.ok();
      left(c, true);
    }
  }

 private:
  struct Connection {
    bool transaction = false, after_reset = false, quit_ok = false, utf8 = false;
    std::string user;
    std::map<std::uint64_t, Slot> slots;
    std::set<std::uint64_t> deleted;
    std::optional<std::uint64_t> count;  // messages in the maildrop, those marked included
  };
  struct At {
    const Trace& trace;
    std::size_t index;
    Sink& sink;
    const Reply& reply;
    Connection& c;
    void found(std::string id, std::string what, std::size_t offset = 0, bool in_content = false) const {
      sink.found({std::move(id), std::move(what), index, offset, in_content, {}});
    }
    void exercised(const char* id) const { sink.exercised(id); }
  };

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
    at.found(c.after_reset ? "rfc1939/5/rset-unmarks" : id, who + " counts " + number(count - std::min<std::uint64_t>(count, c.deleted.size())) +
                                                                " messages; " + number(*c.count - c.deleted.size()) + " were due");
  }

  // The first count of a session against what the session before left behind.
  void first_look(const At& at, std::uint64_t count) {
    const auto it = x_left.find(at.c.user);
    if (it == x_left.end()) return;
    const auto& was = it->second;
    const char* id =
        was.by_quit ? (count < was.count ? "rfc1939/6/quit-removes-marked-only" : "rfc1939/6/quit-removes-marked") : "rfc1939/6/no-quit-no-removal";
    for (const auto* each : {"rfc1939/6/quit-removes-marked-only", "rfc1939/6/quit-removes-marked"}) {
      if (was.by_quit) at.exercised(each);
    }
    if (!was.by_quit) at.exercised(id);
    // More than was left can be new mail from outside; only a suite that owns the maildrop may say otherwise.
    if (count == was.count) return;
    if (was.by_quit) {
      at.found(id, "the session before ended with QUIT and should have left " + number(was.count) + " messages; there are " + number(count));
    } else if (count < was.count) {
      at.found(id, "the session before ended without QUIT, so its " + number(was.count) + " messages must still be there; there are " + number(count));
    }
  }

  void left(Connection& c, bool by_quit) {
    if (!c.transaction) return;
    c.transaction = false;
    --x_open[c.user];
    if (x_crowded.contains(c.user)) return;
    if (!c.count || (by_quit && !c.quit_ok)) {
      x_left.erase(c.user);
      return;
    }
    x_left[c.user] = {by_quit ? *c.count - c.deleted.size() : *c.count, by_quit};
  }

  // A number in reach, and not marked.
  bool known(const Connection& c, std::uint64_t n) const { return c.count && n >= 1 && n <= *c.count && !c.deleted.contains(n); }

  // An answer about message n: was it one that can be asked for?
  void refers(const At& at, const pop3::Command& command) {
    const auto n = message_of(command);
    if (at.c.deleted.contains(n)) {
      at.exercised("rfc1939/5/deleted-is-gone");
      if (at.reply.ok())
        at.found("rfc1939/5/deleted-is-gone", command.keyword + " " + number(n) + " was served although message " + number(n) + " is marked as deleted");
    } else if (at.c.count && (n > *at.c.count || (n == 0 && command.args[0].find_first_not_of('0') == std::string::npos && !command.args[0].empty()))) {
      at.exercised("rfc1939/5/no-such-message");
      if (at.reply.ok())
        at.found("rfc1939/5/no-such-message",
                 command.keyword + " " + command.args[0] + " was served, but the maildrop has " + number(*at.c.count) + " messages");
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
    x_stat_octets[&at.c] = drop->octets;
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
      if (command.args.size() == 1 && parse_number(command.args[0]) && one->number != message_of(command)) {
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
    if (const auto it = x_stat_octets.find(&at.c); it != x_stat_octets.end() && at.c.deleted.empty()) {
      std::uint64_t sum = 0;
      for (const auto& [n, size] : sizes) sum += size;
      if (!at.c.utf8) sums(at, it->second, sum);
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
      if (command.args.size() == 1 && parse_number(command.args[0]) && one.number != message_of(command)) {
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
    const auto differs = [&](std::size_t offset, const std::string& what) {
      at.found("rfc1939/7/top-agrees-with-retr", "TOP " + number(n) + " " + command.args[1] + ": " + what, offset, true);
    };
    if (asked >= slot.body_lines) {
      if (content.sha256 == *slot.sha256) return;
      const auto offset = static_cast<std::size_t>(std::ranges::mismatch(content.head, slot.head).in1 - content.head.begin());
      return differs(offset, "the whole message was due, as RETR sends it (" + number(*slot.octets) + " octets); " + number(content.octets) + " octets came");
    }
    // What was kept of both must agree, and the number of lines must be right.
    const auto both = std::min(content.head.size(), slot.head.size());
    const auto mismatch = std::ranges::mismatch(std::string_view(content.head).substr(0, both), std::string_view(slot.head).substr(0, both));
    const auto same = static_cast<std::size_t>(mismatch.in1 - std::string_view(content.head).substr(0, both).begin());
    if (same < both) return differs(same, "from octet " + number(same) + " on other octets came than RETR sends");
    if (content.header_octets != slot.header_octets)
      return differs(content.head.size(), "the header and its empty line have " + number(slot.header_octets) + " octets in RETR");
    if (content.body_lines != asked) return differs(content.head.size(), number(content.body_lines) + " lines of the body came");
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
  };
  std::map<int, Connection> x_connections;
  std::map<const Connection*, std::uint64_t> x_stat_octets;
  std::map<std::string, std::map<std::string, std::string>> x_uids;  // user -> unique-id -> octets
  std::map<std::string, Left> x_left;
  std::map<std::string, int> x_open;
  std::set<std::string> x_crowded;
};

// ---- CAPA (RFC 2449 3, 5, 6; RFC 2595 4; RFC 3206 6; RFC 5034 3; RFC 6856 2, 3)

class Capabilities : public Rule {
 public:
  std::vector<std::string> requirements() const override {
    return {"rfc2449/3/capa-syntax",
            "rfc2449/3/capability-512",
            "rfc2449/5/announced-in-both-states",
            "rfc2449/5/same-after-login",
            "rfc5034/3/sasl-stays-after-auth",
            "rfc2449/6.7/expire-argument",
            "rfc2449/6.5/login-delay-argument",
            "rfc2595/4/stls-announced-when-permitted",
            "rfc2449/6.1/no-arguments",
            "rfc2449/6.9/implementation-argument",
            "rfc6856/2/utf8-argument",
            "rfc2449/6.3/sasl-names-mechanisms",
            "rfc2449/6.5/largest-delay-first",
            "rfc2449/6.5/delay-user-token",
            "rfc2449/6.7/smallest-expiry-first",
            "rfc2449/6.7/expire-user-token"};
  }

  void step(const Trace& trace, std::size_t index, Sink& sink) override {
    const auto& e = trace.events[index];
    auto& c = x_connections[e.connection];
    if (e.kind == Kind::connect) c = {};
    if (e.kind == Kind::tls) {
      c.tls = true;
      c.before.reset();
    }
    if (e.kind != Kind::received) return;
    if (completes_login(e)) c.transaction = true;
    if (e.command.keyword != "CAPA" || !e.reply.ok() || !e.command.args.empty()) return;
    const auto list = pop3::parse_capa(e.reply.content);
    syntax(sink, index, e.reply);
    arguments(sink, index, list, c);
    if (!c.transaction) {
      c.before = list;
      return;
    }
    if (!c.before) return;
    both_states(sink, index, *c.before, list);
    per_user(sink, index, *c.before, list, "LOGIN-DELAY", true, "rfc2449/6.5/largest-delay-first", "rfc2449/6.5/delay-user-token");
    per_user(sink, index, *c.before, list, "EXPIRE", false, "rfc2449/6.7/smallest-expiry-first", "rfc2449/6.7/expire-user-token");
  }

 private:
  struct Connection {
    bool tls = false, transaction = false;
    std::optional<pop3::CapaList> before;
  };

  // capability = capa-tag *(SP param) CRLF
  static void syntax(Sink& sink, std::size_t index, const Reply& reply) {
    sink.exercised("rfc2449/3/capa-syntax");
    sink.exercised("rfc2449/3/capability-512");
    std::size_t offset = 0;
    std::set<std::string> tags;
    for (const auto& line : reply.content.split_lines()) {
      const auto wrong = [&](const std::string& what) {
        sink.found({"rfc2449/3/capa-syntax", what + ": the line is " + quoted(line), index, offset, true, {}});
      };
      const auto pieces = split(line, ' ');
      const bool printable = std::ranges::all_of(line, [](char ch) { return ch >= 0x20 && ch <= 0x7e; });
      if (pieces[0].empty()) return wrong("a capability begins with its tag");
      if (!printable) return wrong("a capability is made of printable ASCII");
      if (pieces[0].find('.') != std::string::npos) return wrong("a capability's tag has no '.'");
      if (std::ranges::any_of(pieces, [](const auto& p) { return p.empty(); }))
        return wrong("parameters are separated by single spaces, and none ends the line");
      if (line.size() + 2 > 512)
        sink.found({"rfc2449/3/capability-512", "a capability line has " + number(line.size() + 2) + " octets", index, offset, true, {}});
      offset += line.size() + 2;
    }
  }

  static void arguments(Sink& sink, std::size_t index, const pop3::CapaList& list, const Connection& c) {
    const auto wrong = [&](const char* id, const std::string& what, const pop3::Capability& capability) {
      sink.found({id, what + ": " + quoted(capability.line), index, 0, false, {}});
    };
    const auto count_or = [](const std::string& text, std::string_view word) { return parse_number(text) || (!word.empty() && iequals(text, word)); };
    for (const auto& cap : list) {
      const auto& p = cap.params;
      static const std::set<std::string> kBare{"TOP", "USER", "UIDL", "RESP-CODES", "PIPELINING", "STLS", "AUTH-RESP-CODE", "LANG"};
      if (kBare.contains(cap.tag)) {
        sink.exercised("rfc2449/6.1/no-arguments");
        if (!p.empty()) wrong("rfc2449/6.1/no-arguments", cap.tag + " has no arguments", cap);
      } else if (cap.tag == "SASL") {
        sink.exercised("rfc2449/6.3/sasl-names-mechanisms");
        const bool good = std::ranges::all_of(p, [](const std::string& m) {
          return m.size() <= 20 &&
                 std::ranges::all_of(m, [](char ch) { return is_digit(ch) || ch == '-' || ch == '_' || (to_upper(ch) >= 'A' && to_upper(ch) <= 'Z'); });
        });
        if (!good) wrong("rfc2449/6.3/sasl-names-mechanisms", "a SASL mechanism's name is 1 to 20 letters, digits, '-' and '_'", cap);
      } else if (cap.tag == "EXPIRE") {
        sink.exercised("rfc2449/6.7/expire-argument");
        const bool user = p.size() == 2 && iequals(p[1], "USER") && !c.transaction;
        if (p.empty() || !count_or(p[0], "NEVER") || (p.size() > 1 && !user)) {
          wrong("rfc2449/6.7/expire-argument", "EXPIRE wants a number of days or NEVER, and before login perhaps USER", cap);
        }
      } else if (cap.tag == "LOGIN-DELAY") {
        sink.exercised("rfc2449/6.5/login-delay-argument");
        const bool user = p.size() == 2 && iequals(p[1], "USER") && !c.transaction;
        if (p.empty() || !count_or(p[0], "") || (p.size() > 1 && !user)) {
          wrong("rfc2449/6.5/login-delay-argument", "LOGIN-DELAY wants a number of seconds, and before login perhaps USER", cap);
        }
      } else if (cap.tag == "IMPLEMENTATION") {
        sink.exercised("rfc2449/6.9/implementation-argument");
        if (p.empty()) wrong("rfc2449/6.9/implementation-argument", "IMPLEMENTATION wants one token or more", cap);
      } else if (cap.tag == "UTF8") {
        sink.exercised("rfc6856/2/utf8-argument");
        if (p.size() > 1 || (p.size() == 1 && !iequals(p[0], "USER"))) wrong("rfc6856/2/utf8-argument", "UTF8 has no argument but USER", cap);
      }
    }
    if (const auto* stls = pop3::find(list, "STLS")) {
      sink.exercised("rfc2595/4/stls-announced-when-permitted");
      if (c.transaction) wrong("rfc2595/4/stls-announced-when-permitted", "STLS is announced in the TRANSACTION state, where it is not permitted", *stls);
    } else if (c.tls || c.transaction) {
      sink.exercised("rfc2595/4/stls-announced-when-permitted");
    }
  }

  static void both_states(Sink& sink, std::size_t index, const pop3::CapaList& before, const pop3::CapaList& after) {
    static const std::array<std::string_view, 11> kBoth{"TOP",    "USER", "SASL",           "RESP-CODES", "LOGIN-DELAY", "PIPELINING",
                                                        "EXPIRE", "UIDL", "AUTH-RESP-CODE", "UTF8",       "LANG"};
    sink.exercised("rfc2449/5/announced-in-both-states");
    for (const auto tag : kBoth) {
      const auto* was = pop3::find(before, tag);
      const auto* is = pop3::find(after, tag);
      if (tag == "SASL" && was) sink.exercised("rfc5034/3/sasl-stays-after-auth");
      if (was && !is) {
        const char* id = tag == "SASL" ? "rfc5034/3/sasl-stays-after-auth" : "rfc2449/5/announced-in-both-states";
        sink.found({id, std::string(tag) + " was announced before the login and is not after it", index, 0, false, {}});
      }
      // "both / no": announced in both states, with the same argument.
      if (tag != "EXPIRE" && tag != "LOGIN-DELAY") {
        sink.exercised("rfc2449/5/same-after-login");
        if (is && !was)
          sink.found({"rfc2449/5/same-after-login", std::string(tag) + " is announced after the login but was not before it", index, 0, false, {}});
        if (is && was && !same_params(is->params, was->params)) {
          sink.found({"rfc2449/5/same-after-login",
                      std::string(tag) + " changed its arguments at login: " + quoted(was->line) + ", then " + quoted(is->line),
                      index,
                      0,
                      false,
                      {}});
        }
      }
    }
    if (pop3::find(before, "IMPLEMENTATION") && !pop3::find(after, "IMPLEMENTATION")) {
      sink.found({"rfc2449/5/announced-in-both-states", "IMPLEMENTATION was announced before the login and is not after it", index, 0, false, {}});
    }
  }

  // RFC 2449 6.5 and 6.7: before the login the safest value for any user, with USER if it can differ.
  static void per_user(Sink& sink, std::size_t index, const pop3::CapaList& before, const pop3::CapaList& after, std::string_view tag, bool largest,
                       const char* order_id, const char* token_id) {
    const auto* was = pop3::find(before, tag);
    const auto* is = pop3::find(after, tag);
    if (!was || !is || was->params.empty() || is->params.empty()) return;
    // NEVER is longer than any number of days.
    const auto value = [](const std::string& text) { return iequals(text, "NEVER") ? ~0ull : parse_number(text).value_or(0); };
    const auto a = value(was->params[0]), b = value(is->params[0]);
    sink.exercised(order_id);
    sink.exercised(token_id);
    const std::string both = quoted(was->line) + " before the login, " + quoted(is->line) + " after it";
    if (largest ? a < b : a > b) sink.found({order_id, both, index, 0, false, {}});
    if (a != b && !(was->params.size() > 1 && iequals(was->params[1], "USER"))) sink.found({token_id, both, index, 0, false, {}});
  }

  static bool same_params(std::vector<std::string> a, std::vector<std::string> b) {
    for (auto* list : {&a, &b}) {
      for (auto& p : *list) p = upper(p);
      std::ranges::sort(*list);
    }
    return a == b;
  }

  std::map<int, Connection> x_connections;
};

// ---- LANG (RFC 6856 3.2)

class Languages : public Rule {
 public:
  std::vector<std::string> requirements() const override { return {"rfc6856/3.2/language-listing", "rfc6856/3.2/lang-selects"}; }

  void step(const Trace& trace, std::size_t index, Sink& sink) override {
    const auto& e = trace.events[index];
    if (e.kind != Kind::received || e.command.keyword != "LANG" || !e.reply.ok() || !trace.offers("LANG")) return;
    if (!e.command.args.empty()) {
      sink.exercised("rfc6856/3.2/lang-selects");
      const auto space = e.reply.text.find(' ');
      if (space == std::string::npos || !is_tag(e.reply.text.substr(0, space))) {
        sink.found(
            {"rfc6856/3.2/lang-selects", "'+OK', a space, a language tag and another space were due; " + quoted(e.reply.line) + " came", index, 4, false, {}});
      }
      return;
    }
    if (!e.reply.multi_line) return;
    sink.exercised("rfc6856/3.2/language-listing");
    std::size_t offset = 0;
    for (const auto& line : e.reply.content.split_lines()) {
      const auto space = line.find(' ');
      const bool described = space == std::string::npos || (space + 1 < line.size() && line[space + 1] != ' ');
      if (!is_tag(line.substr(0, space)) || !described) {
        sink.found({"rfc6856/3.2/language-listing",
                    "a language tag, and perhaps a space and a description, were due; the line " + quoted(line) + " came",
                    index,
                    offset,
                    true,
                    {}});
        return;
      }
      offset += line.size() + 2;
    }
  }

 private:
  // RFC 5646 2.1, the outline: subtags of 1 to 8 letters and digits between hyphens, the first of letters.
  static bool is_tag(const std::string& text) {
    const auto subtags = split(text, '-');
    const auto letter = [](char c) { return to_upper(c) >= 'A' && to_upper(c) <= 'Z'; };
    return std::ranges::all_of(subtags[0], letter) && std::ranges::all_of(subtags, [&](const auto& s) {
             return !s.empty() && s.size() <= 8 && std::ranges::all_of(s, [&](char c) { return is_digit(c) || letter(c); });
           });
  }
};

// ---- response codes (RFC 2449 6.4 and 8, RFC 3206, RFC 6856 5) and the APOP timestamp (RFC 1939 7)

class Codes : public Rule {
 public:
  std::vector<std::string> requirements() const override {
    return {"rfc2449/6.4/bracket-is-code",   "rfc2449/8.1/code-where-valid",    "rfc3206/4/sys-levels",
            "rfc3206/5/auth-code-announced", "rfc3206/5/no-auth-code-for-user", "rfc2449/8.1.1/no-login-delay-for-user",
            "rfc1939/7/timestamp-fresh",     "rfc1939/7/timestamp-is-msg-id",   "rfc2449/8/codes-announced"};
  }

  void step(const Trace& trace, std::size_t index, Sink& sink) override {
    const auto& e = trace.events[index];
    if (e.kind != Kind::received) return;
    const auto& r = e.reply;
    const auto found = [&](const char* id, std::string what, std::size_t offset = 0) { sink.found({id, std::move(what), index, offset, false, {}}); };
    if (r.shape == pop3::Shape::greeting) timestamp(trace, index, sink);
    if (r.status == pop3::Status::challenge || !r.text.starts_with('[')) return;
    // RFC 2449 6.4 promises for text that begins with "[", where RESP-CODES is announced.
    if (trace.offers("RESP-CODES")) {
      sink.exercised("rfc2449/6.4/bracket-is-code");
      if (!r.code) return found("rfc2449/6.4/bracket-is-code", "the text begins with '[' but not with a response code: " + quoted(r.line), 4);
    }
    if (!r.code) return;
    const auto& k = e.command.keyword;
    const bool login = pop3::is_authentication(e.command);
    const auto place = [&](std::string_view code, bool right) {
      if (!code_is(r.code, code)) return;
      sink.exercised("rfc2449/8.1/code-where-valid");
      if (!right || r.status != pop3::Status::err) {
        found("rfc2449/8.1/code-where-valid",
              "[" + std::string(code) + "] is not valid in this response to " + (k.empty() ? std::string("AUTH") : k) + ": " + quoted(r.line), 5);
      }
    };
    if (trace.offers("CAPA") && (code_is(r.code, "IN-USE") || code_is(r.code, "LOGIN-DELAY") || code_is(r.code, "SYS") || code_is(r.code, "AUTH"))) {
      sink.exercised("rfc2449/8/codes-announced");
      if (!trace.offers("RESP-CODES")) found("rfc2449/8/codes-announced", "a response code came although RESP-CODES is not announced: " + quoted(r.line), 5);
    }
    place("IN-USE", login && k != "USER");
    place("LOGIN-DELAY", login);
    place("SYS", true);
    place("AUTH", login);
    place("UTF8", k == "LIST" || k == "TOP" || k == "RETR");
    if (code_is(r.code, "SYS")) {
      sink.exercised("rfc3206/4/sys-levels");
      if (!code_is(r.code, "SYS/TEMP") && !code_is(r.code, "SYS/PERM"))
        found("rfc3206/4/sys-levels", "the second level of SYS is TEMP or PERM: " + quoted(r.line), 5);
    }
    if (code_is(r.code, "AUTH")) {
      sink.exercised("rfc3206/5/auth-code-announced");
      if (!trace.offers("AUTH-RESP-CODE")) found("rfc3206/5/auth-code-announced", "[AUTH] came although AUTH-RESP-CODE is not announced: " + quoted(r.line), 5);
    }
    if (k == "USER") {
      sink.exercised("rfc3206/5/no-auth-code-for-user");
      sink.exercised("rfc2449/8.1.1/no-login-delay-for-user");
      if (code_is(r.code, "AUTH")) found("rfc3206/5/no-auth-code-for-user", "[AUTH] in answer to USER tells that the user exists: " + quoted(r.line), 5);
      if (code_is(r.code, "LOGIN-DELAY"))
        found("rfc2449/8.1.1/no-login-delay-for-user", "[LOGIN-DELAY] in answer to USER tells that the user exists: " + quoted(r.line), 5);
    }
  }

 private:
  void timestamp(const Trace& trace, std::size_t index, Sink& sink) {
    const auto& line = trace.events[index].reply.line;
    const auto from = line.find('<');
    if (from == std::string::npos) return;
    const auto to = line.find('>', from);
    const auto inside = to == std::string::npos ? std::string_view() : std::string_view(line).substr(from + 1, to - from - 1);
    // Below, only what is a timestamp by RFC 1939 7 counts as one; a "<" that is none is RFC 2449's affair.
    const auto at = inside.find('@');
    const bool is_msg_id = at != std::string_view::npos && at > 0 && at + 1 < inside.size() && inside.find('@', at + 1) == std::string_view::npos &&
                           inside.find(' ') == std::string_view::npos && std::ranges::all_of(inside, [](char c) { return c > 0x20 && c < 0x7f && c != '<'; });
    if (trace.offers("CAPA") || is_msg_id) sink.exercised("rfc1939/7/timestamp-is-msg-id");
    if (!is_msg_id) {
      if (trace.offers("CAPA"))
        sink.found({"rfc1939/7/timestamp-is-msg-id", "what stands in angle brackets in the greeting is no msg-id: " + quoted(line), index, from, false, {}});
      return;
    }
    sink.exercised("rfc1939/7/timestamp-fresh");
    if (!x_timestamps.insert(std::string(inside)).second) {
      sink.found({"rfc1939/7/timestamp-fresh", "the timestamp <" + std::string(inside) + "> was in an earlier greeting", index, from, false, {}});
    }
  }

  std::set<std::string> x_timestamps;
};

}  // namespace

std::vector<std::unique_ptr<Rule>> pop3_rules() {
  std::vector<std::unique_ptr<Rule>> rules;
  rules.push_back(std::make_unique<Syntax>());
  rules.push_back(std::make_unique<States>());
  rules.push_back(std::make_unique<View>());
  rules.push_back(std::make_unique<Capabilities>());
  rules.push_back(std::make_unique<Languages>());
  rules.push_back(std::make_unique<Codes>());
  return rules;
}

}  // namespace mailspec::oracle
