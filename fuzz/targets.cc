#include "fuzz/targets.h"

#include <cstdlib>
#include <string>

#include "harness/oracle/pop3_rules.h"
#include "harness/pop3/reply_reader.h"
#include "harness/scenario/scenario.h"
#include "reference_server/net/server.h"
#include "reference_server/pop3/command.h"

namespace mailspec::fuzz {

namespace {

// A property does not hold. Not assert: fuzzing builds may be release builds.
void require(bool holds) {
  if (!holds) std::abort();
}

// All that a session says to `octets`, fed in pieces of `cut` octets (0: whole).
std::string converse(std::string_view octets, std::size_t cut) {
  reference::Options options;
  options.stls = false;  // what follows STLS depends on where the cut lies
  options.autologout = 1e12;
  reference::Store store;
  auto& account = store.add("u", "p");
  account.maildrop.deliver("Subject: a\r\n\r\n.\r\nbody\r\n");
  account.maildrop.deliver("Subject: b\r\n\r\nsecond\r\n");
  reference::pop3::Session session(store, options, false, "nonce", 0);
  std::string said;
  const auto listen = [&] {
    for (auto out = session.output(4096); !out.empty(); out = session.output(4096)) said += out;
  };
  listen();
  for (std::size_t at = 0; at < octets.size(); at += cut ? cut : octets.size()) {
    session.feed(octets.substr(at, cut ? cut : octets.size()), 0);
    listen();
  }
  session.disconnected();
  return said;
}

bool same(const pop3::Reply& a, const pop3::Reply& b) {
  return a.line == b.line && a.status == b.status && a.multi_line == b.multi_line && a.content.head == b.content.head && a.content.sha256 == b.content.sha256 &&
         a.content.lines == b.content.lines && a.content.body_lines == b.content.body_lines && a.faults.size() == b.faults.size();
}

}  // namespace

void pop3_command(std::string_view octets) {
  if (octets.size() > 4096) return;
  const auto whole = converse(octets, 0);
  require(whole == converse(octets, 1));
  require(whole == converse(octets, 7));
  for (std::size_t from = 0; from < octets.size();) {
    const auto end = std::min(octets.find("\r\n", from), octets.size());
    const auto command = reference::pop3::parse_command(octets.substr(from, end - from));
    require(command.args.empty() == !command.rest);
    from = end + 2;
  }
}

void pop3_reply(std::string_view octets) {
  if (octets.empty() || octets.size() > 16 * 1024) return;
  static constexpr const char* kCommands[] = {"NOOP", "LIST", "LIST 1", "RETR 1", "TOP 1 0", "UIDL", "CAPA", "AUTH PLAIN", "STAT", "QUIT", "LANG"};
  const auto command = pop3::parse_command(kCommands[static_cast<unsigned char>(octets[0]) % std::size(kCommands)]);
  octets.remove_prefix(1);
  const auto read = [&](std::size_t cut, std::vector<pop3::Reply>& replies) {
    pop3::ReplyReader reader({1024, 1 << 20, 256, 4096});
    for (std::size_t at = 0; at < octets.size(); at += cut ? cut : octets.size()) {
      reader.feed(octets.substr(at, cut ? cut : octets.size()));
      for (;;) {
        if (reader.idle()) reader.expect(command);
        if (!reader.advance()) break;
        replies.push_back(reader.take());
      }
    }
    if (!reader.idle()) (void)reader.abandon();
  };
  std::vector<pop3::Reply> whole, cut;
  read(0, whole);
  read(1, cut);
  require(whole.size() == cut.size());
  oracle::Trace trace;
  trace.offered = {"CAPA", "RESP-CODES"};
  for (std::size_t i = 0; i < whole.size(); ++i) {
    require(same(whole[i], cut[i]));
    oracle::Event event;
    event.kind = oracle::Event::Kind::received;
    event.command = command;
    event.reply = whole[i];
    trace.events.push_back(std::move(event));
  }
  (void)oracle::judge(trace, oracle::pop3_rules());
}

void scenario(std::string_view text) {
  if (text.size() > 64 * 1024) return;
  const auto cases = scenario::parse_scenario("fuzz.pop3", text);
  if (!cases) require(cases.error().what.starts_with("fuzz.pop3:"));
  else require(!cases->empty());
}

}  // namespace mailspec::fuzz
