// Each rule from both sides: what it must find, and what it must let pass.
#include "harness/oracle/pop3_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "harness/base/text.h"
#include "harness/pop3/response_reader.h"

namespace mailspec::oracle {
namespace {

// A dialogue in lines: "C: command", "S: line" (multi-line answers line by line, "." last), "= event".
// Lines may begin with a digit after C, S or = for another connection.
Trace dialogue(const std::vector<std::string>& lines, std::vector<std::string> offered = {"CAPA", "RESP-CODES", "AUTH-RESP-CODE"}) {
  Trace trace;
  trace.offered = std::move(offered);
  std::map<int, pop3::ResponseReader> readers;
  std::map<int, pop3::Command> asked;                  // what the next reply answers
  std::map<int, std::deque<pop3::Command>> pipelined;  // behind it
  for (const auto& line : lines) {
    const int n = line[1] >= '1' && line[1] <= '9' ? line[1] - '0' : 1;
    const std::string text = line.substr(line.find(' ') + 1);
    Event e;
    e.connection = n;
    e.user = "u";
    if (line[0] == '=') {
      e.kind = text == "connect"  ? Event::Kind::connect
               : text == "tls"    ? Event::Kind::tls
               : text == "drop"   ? Event::Kind::dropped
               : text == "closed" ? Event::Kind::closed
               : text == "hang"   ? Event::Kind::hang
               : text == "mail"   ? Event::Kind::delivered
                                  : Event::Kind::unasked;
      if (e.kind == Event::Kind::unasked) e.octets = text;
      if (e.kind == Event::Kind::connect) readers[n].expect_greeting(), asked[n] = {};
      trace.events.push_back(e);
    } else if (line[0] == 'C') {
      e.kind = Event::Kind::sent;
      e.pop3_command = pop3::parse_command(text);
      if (readers[n].idle()) readers[n].expect(asked[n] = e.pop3_command);
      else pipelined[n].push_back(e.pop3_command);
      trace.events.push_back(e);
    } else {
      readers[n].feed(text + "\r\n");
      if (!readers[n].advance()) continue;
      e.kind = Event::Kind::received;
      e.pop3_command = asked[n];
      e.pop3_response = readers[n].take();
      trace.events.push_back(e);
      if (auto& next = pipelined[n]; !next.empty()) {
        readers[n].expect(asked[n] = next.front());
        next.pop_front();
      }
    }
  }
  return trace;
}

std::set<std::string> found(const Trace& trace) {
  std::set<std::string> out;
  for (const auto& f : judge(trace, pop3_rules()).findings) out.insert(f.requirement);
  return out;
}

using Found = std::set<std::string>;

// A session that is logged in, and then `lines`.
std::vector<std::string> logged_in(std::vector<std::string> lines) {
  std::vector<std::string> out{"= connect", "S: +OK hello", "C: USER u", "S: +OK", "C: PASS p", "S: +OK"};
  out.insert(out.end(), lines.begin(), lines.end());
  return out;
}

TEST(Pop3Rules, ALegalSessionIsLeftAlone) {
  EXPECT_EQ(found(dialogue(logged_in({"C: STAT",   "S: +OK 2 320 octets",
                                      "C: LIST",   "S: +OK",
                                      "S: 1 120",  "S: 2 200 Subject: x",
                                      "S: .",      "C: UIDL",
                                      "S: +OK",    "S: 1 a",
                                      "S: 2 b",    "S: .",
                                      "C: DELE 1", "S: +OK",
                                      "C: LIST",   "S: +OK",
                                      "S: 2 200",  "S: .",
                                      "C: STAT",   "S: +OK 1 200",
                                      "C: RETR 1", "S: -ERR",
                                      "C: RSET",   "S: +OK",
                                      "C: STAT",   "S: +OK 2 320",
                                      "C: QUIT",   "S: +OK",
                                      "= closed"}))),
            Found{});
}

TEST(Pop3Rules, StatFormat) {
  for (const auto* bad : {"S: +OK", "S: +OK 2", "S: +OK two 320", "S: +OK 2  320", "S: +OK 2 320octets"}) {
    EXPECT_EQ(found(dialogue(logged_in({"C: STAT", bad}))), Found{"rfc1939/5/stat-format"}) << bad;
  }
  EXPECT_EQ(found(dialogue(logged_in({"C: STAT", "S: +OK 2 320 2 messages"}))), Found{});
}

TEST(Pop3Rules, WhoseAnswerItIsCannotBeToldWhenTheLoginLosesCommands) {
  EXPECT_EQ(found(dialogue({"= connect", "S: +OK hello", "C: USER u", "S: +OK", "C: PASS p", "C: STAT", "C: NOOP", "S: +OK", "S: +OK Yup."})), Found{});
  EXPECT_EQ(found(dialogue({"= connect", "S: +OK hello", "C: USER u", "S: +OK", "C: PASS p", "C: STAT", "S: +OK", "S: +OK 1 2", "C: STAT", "S: +OK Yup."})),
            Found{"rfc1939/5/stat-format"});
}

TEST(Pop3Rules, SumsOnlyWhenAllSizesAreKnown) {
  EXPECT_EQ(found(dialogue(logged_in({"C: STAT", "S: +OK 2 321", "C: LIST 1", "S: +OK 1 120"}))), Found{});
  EXPECT_EQ(found(dialogue(logged_in({"C: STAT", "S: +OK 2 321", "C: LIST", "S: +OK", "S: 1 120", "S: 2 200", "S: ."}))), Found{"rfc1939/5/stat-sums"});
  // What STAT said while a message was marked, or in an earlier session, is not what LIST adds up to.
  EXPECT_EQ(
      found(dialogue(logged_in({"C: DELE 1", "S: +OK", "C: STAT", "S: +OK 1 200", "C: RSET", "S: +OK", "C: LIST", "S: +OK", "S: 1 120", "S: 2 200", "S: ."}))),
      Found{});
  auto again = logged_in({"C: STAT", "S: +OK 2 320", "C: DELE 1", "S: +OK", "C: QUIT", "S: +OK", "= closed"});
  const auto second = logged_in({"C: LIST", "S: +OK", "S: 1 200", "S: ."});
  again.insert(again.end(), second.begin(), second.end());
  EXPECT_EQ(found(dialogue(again)), Found{});
  // A RETR that names no message is served or not: not this rule's affair, and no reason to fall over.
  (void)found(dialogue(logged_in({"C: STAT", "S: +OK 2 320", "C: RETR", "S: +OK", "S: ."})));
}

TEST(Pop3Rules, NumbersWithoutGapsButForTheMarked) {
  EXPECT_EQ(found(dialogue(logged_in({"C: LIST", "S: +OK", "S: 1 120", "S: 3 200", "S: ."}))), Found{"rfc1939/4/numbers-from-one"});
  EXPECT_EQ(found(dialogue(logged_in({"C: STAT", "S: +OK 3 1", "C: DELE 2", "S: +OK", "C: LIST", "S: +OK", "S: 1 120", "S: 3 200", "S: ."}))), Found{});
  EXPECT_EQ(found(dialogue(logged_in({"C: STAT", "S: +OK 3 1", "C: DELE 2", "S: +OK", "C: LIST", "S: +OK", "S: 1 120", "S: 2 5", "S: 3 200", "S: ."}))),
            Found{"rfc1939/5/deleted-is-gone"});
  EXPECT_EQ(found(dialogue(logged_in({"C: STAT", "S: +OK 3 1", "C: LIST", "S: +OK", "S: 1 120", "S: 2 200", "S: ."}))), Found{"rfc1939/5/list-complete"});
}

TEST(Pop3Rules, SizesAndOctets) {
  // "A: b" CRLF CRLF "." CRLF are 11 octets less the stuffed dot: 6 + 2 + 3.
  EXPECT_EQ(found(dialogue(logged_in({"C: LIST 1", "S: +OK 1 11", "C: RETR 1", "S: +OK", "S: A: b", "S: ", "S: ..", "S: ."}))), Found{});
  EXPECT_EQ(found(dialogue(logged_in({"C: LIST 1", "S: +OK 1 12", "C: RETR 1", "S: +OK", "S: A: b", "S: ", "S: ..", "S: ."}))),
            Found{"rfc1939/5/list-size-exact"});
}

TEST(Pop3Rules, TopAgainstRetr) {
  const std::vector<std::string> retr{"C: RETR 1", "S: +OK", "S: A: b", "S: ", "S: one", "S: two", "S: ."};
  const auto with = [&](std::vector<std::string> top) {
    auto lines = retr;
    lines.insert(lines.end(), top.begin(), top.end());
    return found(dialogue(logged_in(lines)));
  };
  EXPECT_EQ(with({"C: TOP 1 0", "S: +OK", "S: A: b", "S: ", "S: ."}), Found{});
  EXPECT_EQ(with({"C: TOP 1 1", "S: +OK", "S: A: b", "S: ", "S: one", "S: ."}), Found{});
  EXPECT_EQ(with({"C: TOP 1 99999999999999999999", "S: +OK", "S: A: b", "S: ", "S: one", "S: two", "S: ."}), Found{});
  EXPECT_EQ(with({"C: TOP 1 0", "S: +OK", "S: A: b", "S: ."}), Found{"rfc1939/7/top-sends-lines"});
  EXPECT_EQ(with({"C: TOP 1 1", "S: +OK", "S: A: b", "S: ", "S: one", "S: two", "S: ."}), Found{"rfc1939/7/top-sends-lines"});
  EXPECT_EQ(with({"C: TOP 1 1", "S: +OK", "S: A: c", "S: ", "S: one", "S: ."}), Found{"rfc1939/7/top-agrees-with-retr"});
}

TEST(Pop3Rules, UniqueIds) {
  const std::string long70(70, 'x'), long71(71, 'x');
  EXPECT_EQ(found(dialogue(logged_in({"C: UIDL 1", "S: +OK 1 " + long70}))), Found{});
  EXPECT_EQ(found(dialogue(logged_in({"C: UIDL 1", "S: +OK 1 " + long71}))), Found{"rfc1939/7/uidl-characters"});
  EXPECT_EQ(found(dialogue(logged_in({"C: UIDL 1", "S: +OK 1 a b"}))), Found{"rfc1939/7/uidl-format"});
  EXPECT_EQ(found(dialogue(logged_in({"C: UIDL 1", "S: +OK 2 a"}))), Found{"rfc1939/7/uidl-names-message"});
  EXPECT_EQ(found(dialogue(logged_in({"C: UIDL", "S: +OK", "S: 1 a", "S: 2 a", "S: ."}))), Found{"rfc1939/7/uidl-unique"});
  EXPECT_EQ(found(dialogue(logged_in({"C: UIDL 1", "S: +OK 1 a", "C: UIDL 1", "S: +OK 1 b"}))), Found{"rfc1939/4/view-stays"});
}

TEST(Pop3Rules, EndsOfSessions) {
  const auto two = [](const std::string& end, const std::string& then) {
    std::vector<std::string> lines{"C: STAT", "S: +OK 2 320", "C: DELE 1", "S: +OK"};
    if (end == "quit") lines.insert(lines.end(), {"C: QUIT", "S: +OK", "= closed"});
    else if (end == "quit-err") lines.insert(lines.end(), {"C: QUIT", "S: -ERR some deleted messages not removed", "= closed"});
    else if (end == "quit-unread") lines.insert(lines.end(), {"C: QUIT", "= drop"});
    else lines.emplace_back("= drop");
    lines.insert(lines.end(), {"=2 connect", "S2: +OK hello", "C2: USER u", "S2: +OK", "C2: PASS p", "S2: +OK", "C2: STAT", "S2: +OK " + then + " 1"});
    return found(dialogue(logged_in(lines)));
  };
  EXPECT_EQ(two("quit", "1"), Found{});
  EXPECT_EQ(two("quit", "2"), Found{}) << "new mail, it may be";
  EXPECT_EQ(two("quit", "0").count("rfc1939/6/quit-removes-marked-only"), 1u);
  EXPECT_EQ(two("quit-err", "2"), Found{});  // the server said that it could not
  EXPECT_EQ(two("drop", "2"), Found{});
  EXPECT_EQ(two("quit-unread", "1"), Found{}) << "the server may have read it";
  EXPECT_EQ(two("quit-unread", "2"), Found{});
  EXPECT_EQ(two("drop", "1"), Found{"rfc1939/6/no-quit-no-removal"});
  EXPECT_EQ(two("drop", "3"), Found{});  // new mail
}

// Mail may come while a session deletes. What was to be removed is known by its unique-id and its octets.
TEST(Pop3Rules, NewMailIsNotWhatQuitHasLeftBehind) {
  const auto two = [](std::vector<std::string> lines, std::vector<std::string> then) {
    lines.insert(lines.end(), {"C: QUIT", "S: +OK", "= closed", "=2 connect", "S2: +OK hello", "C2: USER u", "S2: +OK", "C2: PASS p", "S2: +OK"});
    lines.insert(lines.end(), then.begin(), then.end());
    return found(dialogue(logged_in(lines)));
  };
  const std::vector<std::string> looks{"C: STAT", "S: +OK 2 20", "C: UIDL", "S: +OK", "S: 1 a", "S: 2 b", "S: .", "C: DELE 1", "S: +OK"};
  EXPECT_EQ(two(looks, {"C2: UIDL", "S2: +OK", "S2: 1 b", "S2: ."}), Found{});
  EXPECT_EQ(two(looks, {"C2: UIDL", "S2: +OK", "S2: 1 b", "S2: 2 c", "S2: ."}), Found{}) << "it came by itself";
  EXPECT_EQ(two(looks, {"C2: UIDL", "S2: +OK", "S2: 1 a", "S2: 2 b", "S2: ."}), Found{"rfc1939/6/quit-removes-marked"});
  auto mail = looks;
  mail.emplace_back("= mail");
  EXPECT_EQ(two(mail, {"C2: STAT", "S2: +OK 2 20"}), Found{});
  EXPECT_EQ(two(mail, {"C2: STAT", "S2: +OK 1 10"}), Found{}) << "it is not there yet";
  EXPECT_EQ(two(mail, {"C2: STAT", "S2: +OK 0 0"}), Found{"rfc1939/6/quit-removes-marked-only"});
  EXPECT_EQ(two(mail, {"C2: UIDL", "S2: +OK", "S2: 1 a", "S2: 2 b", "S2: 3 c", "S2: ."}), Found{"rfc1939/6/quit-removes-marked"});

  const std::vector<std::string> alike{"C: STAT", "S: +OK 2 20", "C: UIDL", "S: +OK", "S: 1 a", "S: 2 a", "S: .", "C: DELE 1", "S: +OK"};
  EXPECT_EQ(two(alike, {"C2: UIDL", "S2: +OK", "S2: 1 a", "S2: 2 c", "S2: ."}), Found{"rfc1939/7/uidl-unique"}) << "the other one may have stayed";

  const std::vector<std::string> reads{"C: STAT",   "S: +OK 2 8", "C: RETR 1", "S: +OK", "S: A:", "S: ",       "S: .",
                                       "C: RETR 2", "S: +OK",     "S: B:",     "S: ",    "S: .",  "C: DELE 1", "S: +OK"};
  EXPECT_EQ(two(reads, {"C2: STAT", "S2: +OK 2 8", "C2: RETR 1", "S2: +OK", "S2: A:", "S2: ", "S2: ."}), Found{"rfc1939/6/quit-removes-marked"});
  EXPECT_EQ(two(reads, {"C2: STAT", "S2: +OK 2 8", "C2: RETR 1", "S2: +OK", "S2: C:", "S2: ", "S2: ."}), Found{});
  EXPECT_EQ(two(reads, {"C2: STAT", "S2: +OK 1 4", "C2: RETR 1", "S2: +OK", "S2: A:", "S2: ", "S2: ."}), Found{}) << "as many as were due: another like it";
}

TEST(Pop3Rules, CapaSyntaxAndStates) {
  const auto capa = [](const std::string& line) { return found(dialogue({"= connect", "S: +OK", "C: CAPA", "S: +OK", "S: " + line, "S: ."})); };
  for (const auto* good : {"TOP", "top", "SASL PLAIN CRAM-MD5", "SASL", "EXPIRE 30", "EXPIRE NEVER", "EXPIRE 0", "EXPIRE 5 USER", "LOGIN-DELAY 900",
                           "X-OWN a b c", "IMPLEMENTATION x y"}) {
    EXPECT_EQ(capa(good), Found{}) << good;
  }
  EXPECT_EQ(capa("TOP "), Found{"rfc2449/3/capa-syntax"});
  EXPECT_EQ(capa(" TOP"), Found{"rfc2449/3/capa-syntax"});
  EXPECT_EQ(capa("SASL  PLAIN"), Found{"rfc2449/3/capa-syntax"});
  EXPECT_EQ(capa("A.B"), Found{"rfc2449/3/capa-syntax"});
  EXPECT_EQ(capa("EXPIRENEVER"), Found{"rfc2449/3/capa-syntax"}) << "a tag that has run together with its argument";
  EXPECT_EQ(capa("EXPIRE"), Found{"rfc2449/6.7/expire-argument"});
  EXPECT_EQ(capa("LOGIN-DELAY soon"), Found{"rfc2449/6.5/login-delay-argument"});
  EXPECT_EQ(capa("UIDL 1"), Found{"rfc2449/6.1/no-arguments"});

  const auto both = [](std::vector<std::string> before, std::vector<std::string> after) {
    std::vector<std::string> lines{"= connect", "S: +OK", "C: CAPA", "S: +OK"};
    for (const auto& b : before) lines.push_back("S: " + b);
    lines.insert(lines.end(), {"S: .", "C: USER u", "S: +OK", "C: PASS p", "S: +OK", "C: CAPA", "S: +OK"});
    for (const auto& a : after) lines.push_back("S: " + a);
    lines.emplace_back("S: .");
    return found(dialogue(lines));
  };
  EXPECT_EQ(both({"TOP", "STLS"}, {"TOP"}), Found{});
  EXPECT_EQ(both({"TOP"}, {"TOP", "IMPLEMENTATION x"}), Found{});
  EXPECT_EQ(both({"X-OWN"}, {"TOP"}).count("rfc2449/5/announced-in-both-states"), 0u);
  EXPECT_EQ(both({"TOP"}, {"UIDL"}).count("rfc2449/5/announced-in-both-states"), 1u);
  EXPECT_EQ(both({"SASL PLAIN"}, {}), Found{"rfc5034/3/sasl-stays-after-auth"});
  EXPECT_EQ(both({"TOP"}, {"TOP", "STLS"}), Found{"rfc2595/4/stls-announced-when-permitted"});
  EXPECT_EQ(both({"EXPIRE 5 USER"}, {"EXPIRE 30"}), Found{});
  EXPECT_EQ(both({"EXPIRE 5"}, {"EXPIRE 30"}), Found{"rfc2449/6.7/expire-user-token"});
  EXPECT_EQ(both({"EXPIRE NEVER USER"}, {"EXPIRE 30"}), Found{"rfc2449/6.7/smallest-expiry-first"});
  EXPECT_EQ(both({"LOGIN-DELAY 60 USER"}, {"LOGIN-DELAY 10"}), Found{});
  EXPECT_EQ(both({"LOGIN-DELAY 10 USER"}, {"LOGIN-DELAY 60"}), Found{"rfc2449/6.5/largest-delay-first"});
}

TEST(Pop3Rules, ResponseCodes) {
  const auto answer = [](const std::string& command, const std::string& reply) {
    return found(dialogue({"= connect", "S: +OK", "C: " + command, "S: " + reply}));
  };
  EXPECT_EQ(answer("PASS p", "-ERR [IN-USE] busy"), Found{});
  EXPECT_EQ(answer("PASS p", "-ERR [AUTH] no"), Found{});
  EXPECT_EQ(answer("PASS p", "-ERR [X-OWN/THING] no"), Found{});
  EXPECT_EQ(answer("XYZZY", "-ERR [SYS/TEMP] no"), Found{});
  EXPECT_EQ(answer("XYZZY", "-ERR [IN-USE] no"), Found{"rfc2449/8.1/code-where-valid"});
  EXPECT_EQ(answer("PASS p", "-ERR [SYS] no"), Found{"rfc3206/4/sys-levels"});
  EXPECT_EQ(answer("USER u", "-ERR [AUTH] no"), Found{"rfc3206/5/no-auth-code-for-user"});
  EXPECT_EQ(answer("PASS p", "-ERR [not a code"), Found{"rfc2449/6.4/bracket-is-code"});
  // Where RESP-CODES is not announced, brackets are just text.
  EXPECT_EQ(found(dialogue({"= connect", "S: +OK", "C: PASS p", "S: -ERR [no such user]"}, {"CAPA"})), Found{});
}

TEST(Pop3Rules, Timestamps) {
  EXPECT_EQ(found(dialogue({"= connect", "S: +OK <1.2@host>", "=2 connect", "S2: +OK <1.3@host>"})), Found{});
  EXPECT_EQ(found(dialogue({"= connect", "S: +OK <1.2@host>", "=2 connect", "S2: +OK <1.2@host>"})), Found{"rfc1939/7/timestamp-fresh"});
  EXPECT_EQ(found(dialogue({"= connect", "S: +OK welcome <host>"})), Found{"rfc1939/7/timestamp-is-msg-id"});
  // RFC 1939 alone does not forbid "<" in a greeting.
  EXPECT_EQ(found(dialogue({"= connect", "S: +OK welcome <host>"}, {})), Found{});
}

TEST(Pop3Rules, OneResponseAndTheEnd) {
  EXPECT_EQ(found(dialogue({"= connect", "S: +OK", "= +OK more"})), Found{"rfc1939/3/one-response-per-command"});
  EXPECT_EQ(found(dialogue({"= connect", "S: +OK", "C: QUIT", "S: +OK", "= +OK more"})), Found{"rfc1939/6/quit-closes"});
  EXPECT_EQ(found(dialogue({"= connect", "S: +OK", "C: QUIT", "S: +OK", "= hang"})), Found{"rfc1939/6/quit-closes"});
  EXPECT_EQ(found(dialogue({"= connect", "S: +OK", "C: QUIT", "S: -ERR no"})), Found{"rfc1939/4/quit-in-authorization"});
  EXPECT_EQ(found(dialogue(logged_in({"C: QUIT", "S: -ERR no"}))), Found{"rfc1939/6/quit-answered"});
  EXPECT_EQ(found(dialogue(logged_in({"C: DELE 1", "S: +OK", "C: QUIT", "S: -ERR no"}))), Found{});
}

TEST(Pop3Rules, States) {
  EXPECT_EQ(found(dialogue({"= connect", "S: +OK", "C: STAT", "S: +OK 0 0"})), Found{"rfc1939/3/wrong-state-refused"});
  EXPECT_EQ(found(dialogue(logged_in({"C: USER x", "S: +OK"}))), Found{"rfc1939/3/wrong-state-refused"});
  EXPECT_EQ(found(dialogue(logged_in({"C: AUTH PLAIN", "S: + "}))), Found{"rfc5034/4/auth-after-auth-refused"});
  EXPECT_EQ(found(dialogue(logged_in({"C: STLS", "S: +OK"}))), Found{"rfc2595/4/stls-only-in-authorization"});
  EXPECT_EQ(found(dialogue(logged_in({"C: NOOP", "S: -ERR no"}))), Found{"rfc1939/4/login-opens-transaction"});
  EXPECT_EQ(found(dialogue(logged_in({"C: NOOP", "S: -ERR no", "C: STAT", "S: +OK 0 0"}))), Found{"rfc1939/5/noop-positive"});
  EXPECT_EQ(found(dialogue(logged_in({"C: RETR 1", "S: -ERR no"}))), Found{});
  auto behind = dialogue(logged_in({"C: STAT", "S: +OK 0 0", "C: RETR 1", "S: -ERR no", "C: NOOP", "S: -ERR no"}));
  EXPECT_EQ(found(behind), Found{"rfc1939/5/noop-positive"});
  for (auto& e : behind.events) e.pop3_command.overlong = e.pop3_command.keyword == "RETR";
  EXPECT_EQ(found(behind), Found{}) << "an over-long line may have been taken for two";
  EXPECT_EQ(found(dialogue(logged_in({"C: NOOP", "S: -ERR [SYS/TEMP] no"}))), Found{});
}

}  // namespace
}  // namespace mailspec::oracle
