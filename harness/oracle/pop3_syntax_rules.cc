#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/oracle/pop3_rule_parts.h"

namespace mailspec::oracle {

namespace {

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
    if (e.imap) return;
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
        if (c.quit && e.pop3_command.keyword.empty()) {
          sink.found({"rfc1939/6/quit-closes", "the connection stayed open after the answer to QUIT", index, 0, false, Finding::Kind::hang});
        } else if (e.pop3_response.multi_line) {
          sink.found({"rfc1939/3/multi-line-ends", "a multi-line response was not ended by a line of '.' in time", index, 0, false, Finding::Kind::hang});
        }
        break;
      case Kind::closed:
        if (c.quit) sink.exercised("rfc1939/6/quit-closes");
        if (e.pop3_response.multi_line && !c.quit) {
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
    const auto& r = e.pop3_response;
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
    const auto& k = e.pop3_command.keyword;
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
            "rfc1939/4/login-opens-transaction",
            "rfc1939/4/quit-in-authorization",
            "rfc5034/4/success-enters-transaction",
            "rfc1939/6/quit-answered"};
  }

  void step(const Trace& trace, std::size_t index, Sink& sink) override {
    const auto& e = trace.events[index];
    if (e.imap) return;
    auto& c = x_connections[e.connection];
    if (e.kind == Kind::connect) c = {};
    if (e.kind == Kind::closed || e.kind == Kind::dropped) opened_nothing(c, sink);
    if (e.kind != Kind::received || e.pop3_response.shape == pop3::Shape::greeting || c.over) return;
    const auto& k = e.pop3_command.keyword;
    const auto& r = e.pop3_response;
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
    // An over-long line may have been taken for several: what is answered behind it nobody can say.
    const bool bare = e.pop3_command.args.empty() && !c.overlong;
    c.overlong = c.overlong || e.pop3_command.overlong;
    if (c.transaction && r.ok() && kTransaction.contains(k)) {
      // The login has led to the TRANSACTION state, whatever was refused there before.
      c.serves = true;
      sink.exercised(c.opened_by);
      for (auto& refused : std::exchange(c.refused, {})) sink.found(std::move(refused));
    }
    if (c.transaction && !c.serves && r.status == pop3::Status::err && kTransaction.contains(k)) c.unserved.push_back(index);
    if (c.transaction && bare && (k == "NOOP" || k == "RSET" || k == "STAT" || k == "LIST")) {
      const char* id = k == "NOOP"   ? "rfc1939/5/noop-positive"
                       : k == "RSET" ? "rfc1939/5/rset-positive"
                       : k == "STAT" ? "rfc1939/5/stat-positive"
                                     : "rfc1939/5/list-positive";
      sink.exercised(id);
      if (r.status == pop3::Status::err && !code_is(r.code, "SYS")) {
        Finding finding{id, k + " was refused: " + quoted(r.line), index, 0, false, {}};
        if (c.serves) sink.found(std::move(finding));
        else c.refused.push_back(std::move(finding));
      }
    }
    if (k == "RETR" || k == "DELE") c.may_remove = c.may_remove || r.ok();
    if (k == "QUIT" && bare) quit(c, r, index, sink);
    if (!completes_login(e)) return;
    c.transaction = true;
    if (k != "PASS" && k != "APOP") c.opened_by = "rfc5034/4/success-enters-transaction";
  }

  void end(const Trace&, Sink& sink) override {
    for (auto& [n, c] : x_connections) opened_nothing(c, sink);
  }

 private:
  struct Connection {
    bool transaction = false;
    const char* opened_by = "rfc1939/4/login-opens-transaction";
    bool over = false;                  // QUIT was answered
    bool overlong = false;              // a line was
    bool may_remove = false;            // at QUIT; what was read, too, where EXPIRE is 0
    bool serves = false;                // a command of the TRANSACTION state has been obeyed
    std::vector<Finding> refused;       // before that: a login that leads nowhere is not their fault
    std::vector<std::size_t> unserved;  // and all that was refused there
  };

  // No command of the TRANSACTION state was obeyed, and one that nobody may refuse was refused.
  static void opened_nothing(Connection& c, Sink& sink) {
    for (const auto index : std::exchange(c.unserved, {})) {
      if (c.serves || c.refused.empty()) continue;
      sink.exercised(c.opened_by);
      sink.found({c.opened_by, "after the login no command was obeyed: " + c.refused[0].what, index, 0, false, {}});
    }
  }

  // In AUTHORIZATION the only possible response is +OK (RFC 1939 4); after it, -ERR says that some messages remain (RFC 1939 6).
  static void quit(Connection& c, const Response& r, std::size_t index, Sink& sink) {
    const bool refused = r.status == pop3::Status::err && !code_is(r.code, "SYS");
    if (!c.transaction) {
      sink.exercised("rfc1939/4/quit-in-authorization");
      if (refused) sink.found({"rfc1939/4/quit-in-authorization", "QUIT was refused in the AUTHORIZATION state: " + quoted(r.line), index, 0, false, {}});
    } else if (!c.may_remove) {
      sink.exercised("rfc1939/6/quit-answered");
      if (refused) sink.found({"rfc1939/6/quit-answered", "QUIT was refused although no message was marked: " + quoted(r.line), index, 0, false, {}});
    }
    c.over = r.ok();
  }

  std::map<int, Connection> x_connections;
};

}  // namespace

std::unique_ptr<Rule> pop3_syntax_rule() { return std::make_unique<Syntax>(); }
std::unique_ptr<Rule> pop3_states_rule() { return std::make_unique<States>(); }

}  // namespace mailspec::oracle
