// POP3 sessions one after another on one maildrop of the reference server, led by octets: whatever is said in whatever state, no standing rule may
// complain. A finding is a fault of the server, or an accusation without cause.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/properties.h"
#include "fuzz/scenario_of.h"
#include "fuzz/targets.h"
#include "harness/oracle/standing_rules.h"
#include "harness/pop3/response_reader.h"
#include "reference_server/net/server.h"
#include "reference_server/pop3/session.h"

namespace mailspec::fuzz {

namespace {

using oracle::Event;

class Walk {
 public:
  explicit Walk(std::uint8_t choices) {
    x_options.pop3.stls = false;
    x_options.pop3.autologout = 1e12;
    if (choices & 1) x_options.pop3.capa = x_options.pop3.stls = x_options.pop3.resp_codes = x_options.pop3.auth_resp_code = false;
    if (x_options.pop3.capa) x_trace.offered = {"CAPA", "TOP", "UIDL", "USER", "PIPELINING", "RESP-CODES", "AUTH-RESP-CODE", "UTF8", "IMPLEMENTATION"};
    auto& account = x_store.add("u", "p");
    account.deliver("Subject: a\r\n\r\n.\r\n..dots\r\nbody\r\n");
    account.deliver("Subject: b\r\n\r\nsecond\r\n");
    account.deliver("Subject: c\r\n\r\n");
    open();
  }

  void act(std::uint8_t what, std::uint8_t how) {
    if (!x_session || x_session->wants_close()) {
      listen();
      if (x_connection == 9) return;  // as many as a scenario has
      open();
    }
    const auto number = std::to_string(how % 5);  // 0 and 4 are nobody's
    x_waits = what < 128;                         // else the next command is sent ahead of the answer (RFC 2449 section 6.6)
    switch (what % 16) {
      case 0: return command("USER u");
      case 1: return command(how & 1 ? "PASS p" : "PASS wrong");
      case 2: return command("STAT");
      case 3: return command(how & 1 ? "LIST" : "LIST " + number);
      case 4: return command("RETR " + number);
      case 5: return command("DELE " + number);
      case 6: return command("RSET");
      case 7: return command("TOP " + number + " " + std::to_string(how / 8));
      case 8: return command(how & 1 ? "UIDL" : "UIDL " + number);
      case 9: return command("NOOP");
      case 10: return command("CAPA");
      case 11: return command("QUIT");
      case 12: return command(how & 1 ? "XJUNK" : "");
      case 13: command("USER u"); return command("PASS p");
      case 14: return command(how & 1 ? "STAT 1" : "RETR");
      default: return drop();
    }
  }

  void end() {
    listen();
    drop();
    const auto judgement = oracle::judge(x_trace, oracle::standing_rules(x_trace));
    tell_scenario(x_trace, "Sessions one after another, as the fuzzer led them",
                  judgement.findings.empty() ? "rfc1939/5/stat-counts" : judgement.findings[0].requirement, {});
    if (judgement.findings.empty()) return;
    for (const auto& e : x_trace.events) {
      const bool sent = e.kind == Event::Kind::sent;
      if (sent || e.kind == Event::Kind::received)
        std::fprintf(stderr, "%c%d: %s\n", sent ? 'C' : 'S', e.connection, (sent ? e.octets : e.pop3_response.line).c_str());
    }
    std::fprintf(stderr, "%s: %s\nas a scenario: ci/fuzz scenario pop3_sessions FILE\n", judgement.findings[0].requirement.c_str(),
                 judgement.findings[0].what.c_str());
    std::abort();
  }

 private:
  Event& add(Event::Kind kind) {
    Event e;
    e.kind = kind;
    e.connection = x_connection;
    e.user = "u";
    x_trace.events.push_back(std::move(e));
    return x_trace.events.back();
  }

  void open() {
    drop();
    ++x_connection;
    x_reader = pop3::ResponseReader{};
    add(Event::Kind::connect);
    x_session = std::make_unique<reference::pop3::Session>(x_store, x_options, false, "nonce" + std::to_string(x_connection), 0);
    x_reader.expect_greeting();
    hear();
    require(x_reader.advance());
    take({});
  }

  void drop() {
    if (!x_session) return;
    add(x_session->wants_close() ? Event::Kind::closed : Event::Kind::dropped);
    x_session->disconnected();
    x_session.reset();
    x_asked.clear();
  }

  void command(const std::string& line) {
    auto& e = add(Event::Kind::sent);
    e.octets = line;
    e.pop3_command = pop3::parse_command(line);
    x_asked.push_back(e.pop3_command);
    x_session->feed(line + "\r\n", 0);
    if (x_waits) listen();
  }

  void hear() {
    for (auto out = x_session->output(4096); !out.empty(); out = x_session->output(4096)) x_reader.feed(out);
  }

  // One response to each command, whole; to none behind QUIT.
  void listen() {
    if (!x_session) return;
    hear();
    for (const auto& asked : std::exchange(x_asked, {})) {
      x_reader.expect(asked);
      if (!x_reader.advance()) {
        require(x_session->wants_close());
        (void)x_reader.abandon();
        break;
      }
      take(asked);
    }
    require(x_reader.pending().empty());
  }

  void take(const pop3::Command& asked) {
    auto reply = x_reader.take();
    auto& e = add(Event::Kind::received);
    e.pop3_command = asked;
    e.octets = reply.line;
    e.pop3_response = std::move(reply);
  }

  reference::Options x_options;
  reference::Store x_store;
  std::unique_ptr<reference::pop3::Session> x_session;
  pop3::ResponseReader x_reader;
  std::vector<pop3::Command> x_asked;  // and not answered yet
  bool x_waits = true;
  oracle::Trace x_trace;
  int x_connection = 0;
};

}  // namespace

void pop3_sessions(std::string_view octets) {
  if (octets.empty() || octets.size() > 128) return;  // short dialogues, and many of them
  Walk walk(static_cast<std::uint8_t>(octets[0]));
  for (std::size_t i = 1; i + 1 < octets.size(); i += 2) walk.act(static_cast<std::uint8_t>(octets[i]), static_cast<std::uint8_t>(octets[i + 1]));
  walk.end();
}

}  // namespace mailspec::fuzz
