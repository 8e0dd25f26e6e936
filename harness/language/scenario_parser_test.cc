#include <gtest/gtest.h>

#include "harness/language/scenario.h"

namespace mailspec::scenario {
namespace {

std::string trouble(const std::string& text) {
  auto cases = parse_scenario("t.pop3", text);
  return cases ? "" : cases.error().what;
}

TEST(ScenarioParser, ErrorsNameFileLineColumnAndMend) {
  const std::string head = "title: x\nstate: transaction\n\n";
  EXPECT_EQ(trouble("titel: x\n\n@a\n"), "t.pop3:1:1: unknown header key 'titel'; did you mean 'title'?");
  EXPECT_EQ(trouble("title: x\nstate: transction\n\n@a\n"), "t.pop3:2:1: unknown state 'transction'; did you mean 'transaction'?");
  EXPECT_EQ(trouble("title: x\nmessages: plain\n\n@a\n"),
            "t.pop3:2:1: 'plain' is no message: write a.eml, a.eml*100, a.eml(\\Seen \" 7-Jul-2024 12:00:00 +0000\"), big(25MB), header(10MB), nested(5000) or "
            "parts(10000)");
  EXPECT_NE(trouble("title: x\nmessages: a.eml(\"7-Jul-2024 12:00:00 +0000\")\n\n@a\n").find("is no message"), std::string::npos)
      << "RFC 9051: date-day-fixed has two places";
  EXPECT_EQ(trouble(head + "C: NOOP\n"), "t.pop3:5:1: no '@requirement' line: nothing would be judged");
  EXPECT_EQ(trouble(head + "@a\nX: NOOP\n"), "t.pop3:5:1: unknown step 'X:'");
  EXPECT_EQ(trouble(head + "@a\nC: RETR {n\n"), "t.pop3:5:9: '{' without '}' (write \\{ for a brace that is sent as it is)");
  EXPECT_EQ(trouble(head + "@a\nC: {repat \"A\" 3}\n"), "t.pop3:5:4: unknown generator 'repat'; did you mean 'repeat'?");
  EXPECT_EQ(trouble(head + "@a\nC~: \\q\n"), "t.pop3:5:7: unknown escape \\q; known are \\r \\n \\t \\0 \\\\ \\\" \\{ \\xHH");
  EXPECT_EQ(trouble(head + "@a\ncheck {a} ~ {b}\n"), "t.pop3:5:7: unknown comparison '~'");
  EXPECT_EQ(trouble(head + "@a\nwait soon\n"), "t.pop3:5:6: write 'wait 30s', '9m' or '1h'");
  EXPECT_EQ(trouble(head + "@a\nwithin 1 2m\n"), "t.pop3:5:1: 'within' is for connections that speak IMAP");
  EXPECT_EQ(trouble("title: x\nvary: a | b\n  1 | 2\n  3\n\n@a\n"), "t.pop3:4:1: the row has 1 cells, the table 2 columns");
}

TEST(ScenarioParser, StepsAndKeysOfImap) {
  const auto imap = [](const std::string& text) {
    auto cases = parse_scenario("t.imap", text);
    return cases ? std::string() : cases.error().what;
  };
  EXPECT_EQ(imap("title: x\n\n@a\nC: a1 CREATE {box}\ntaken a1\n"), "");
  EXPECT_EQ(imap("title: x\n\n@a\nC: a1 CREATE {box}\ntaken\n"), "t.imap:5:1: write 'taken [N] TAG', in IMAP scenarios");
  EXPECT_EQ(trouble("title: x\nstate: transaction\n\n@a\nC: NOOP\ntaken a1\n"), "t.pop3:6:1: write 'taken [N] TAG', in IMAP scenarios");
  EXPECT_EQ(imap("title: x\ninbox: full\n\n@a\nC: a1 NOOP\nS: a1 OK\n"), "t.imap:2:1: write 'inbox: empty', in IMAP scenarios");
  EXPECT_EQ(trouble("title: x\nstate: transaction\ninbox: empty\n\n@a\nC: NOOP\n"), "t.pop3:3:1: write 'inbox: empty', in IMAP scenarios");
}

TEST(ScenarioParser, BothProtocols) {
  const auto both = [](const std::string& text) {
    auto cases = parse_scenario("both/t.both", text);
    return cases ? std::string() : cases.error().what;
  };
  const std::string head = "title: x\nconnections: imap pop3\n\n";
  EXPECT_EQ(both(head + "login 1\nlogin 2\nC2: DELE 1\nS2: +OK\n@a\nC1: a1 NOOP\nS1: a1 OK\ncheck 1 exists 2\n"), "");
  EXPECT_EQ(both("title: x\nconnections: 2\n\n@a\n"), "both/t.both:2:1: connections: names the protocol of each, as in 'connections: imap pop3'");
  EXPECT_EQ(both("title: x\nconnections: imap imap\n\n@a\n"),
            "both/t.both:1:1: a scenario for both names the protocol of each connection, as in 'connections: imap pop3'");
  EXPECT_EQ(both(head + "@a\nC3: NOOP\n"), "both/t.both:5:2: connections: names 2");
  EXPECT_EQ(both(head + "@a\nlogin 3\n"), "both/t.both:5:1: connections: names 2");
  EXPECT_EQ(both("title: x\nconnections: imap pop3\nstate: selected\n\n@a\n"), "both/t.both:3:1: unknown state 'selected'; here it is one of none");
  auto cases = parse_scenario("both/t.both", head + "@a\nC2: NOOP\nS2: +OK\n");
  ASSERT_TRUE(cases);
  ASSERT_EQ(cases->size(), 2u) << "one for each revision of IMAP";
  EXPECT_TRUE(cases->front().both() && cases->front().imap() && cases->front().facts.mutates);
  EXPECT_EQ(cases->front().protocol_of(2), Protocol::pop3);
  EXPECT_EQ(cases->front().name(), "both/t.both~rev1");
}

TEST(ScenarioParser, ObservationsAndSubjects) {
  const auto imap = [](const std::string& text) {
    auto cases = parse_scenario("t.imap", "title: x\n\n@a\n" + text);
    return cases ? std::string() : cases.error().what;
  };
  EXPECT_EQ(imap("C2: b1 NOOP\nobserve how answer 2 b1\nobserve when told 2 EXISTS\n"), "");
  EXPECT_EQ(imap("observe how answer\n"), "");
  EXPECT_EQ(imap("observe how answer 2\n"), "t.imap:4:9: write 'observe NAME answer [N] TAG' or 'observe NAME told [N] KEYWORD', of an IMAP connection");
  EXPECT_EQ(imap("check 2 agrees\neventually 2 listed {box}\ncheck 1 status {box} MESSAGES 2\n"), "");
  EXPECT_EQ(imap("eventually 2 here\n"),
            "t.imap:4:1: write 'eventually N uids|exists|flags|state|listed|unlisted|subscribed|unsubscribed|status|agrees|present ...'");
}

TEST(ScenarioParser, APatternIsFoundWrongWhereItStands) {
  const auto imap = [](const std::string& line) {
    auto cases = parse_scenario("t.imap", "title: x\n\n@a\nC: a1 NOOP\n" + line + "\n");
    return cases ? std::string() : cases.error().what;
  };
  EXPECT_EQ(imap("S: * 2 FETCH (UID {_}"), "t.imap:5:4: ')' is missing");
  EXPECT_EQ(imap("S: a1 OK [READ-WRITE"), "t.imap:5:4: ']' is missing");
  EXPECT_EQ(imap("S2!: * LIST () \"/\" \"x"), "t.imap:5:6: a quoted string has no end");
  EXPECT_EQ(imap("S:"), "t.imap:5:3: an S line wants a pattern");
  const auto pop3 = [](const std::string& lines) { return trouble("title: x\n\n@a\nC: CAPA\n" + lines); };
  EXPECT_EQ(pop3("S: OK\n"), "t.pop3:5:1: the first line of a response is written +OK, -ERR, + or {r=+OK|-ERR}");
  EXPECT_EQ(pop3("S!: +OK\n"), "t.pop3:5:1: S!: stands between the first line of a multi-line response and its '.'");
  EXPECT_EQ(pop3("S: +OK\nS!: STLS\n"), "t.pop3:6:1: the lines of a multi-line response end with 'S: .'");
  EXPECT_EQ(pop3("S: +OK\nS: STLS\nC: NOOP\nS: .\n"), "t.pop3:6:1: the lines of a multi-line response end with 'S: .'");
  EXPECT_EQ(pop3("S: +OK\nS: STLS\nS: .\n"), "");
}

std::vector<Step> steps_of(const std::string& path, const std::string& text) {
  auto cases = parse_scenario(path, "title: x\n\n" + text);
  EXPECT_TRUE(cases) << cases.error().what;
  return (*cases)[0].steps;
}

TEST(ScenarioParser, WhatIsWrongNeitherHangsNorCrashes) {
  const auto imap = [](const std::string& line) {
    auto cases = parse_scenario("t.imap", "title: x\nvary: row | cell\n  a |\n\n@a\nC: a1 NOOP\n" + line + "\n");
    return cases ? std::string() : cases.error().what;
  };
  EXPECT_EQ(imap("S: * OK )"), "t.imap:7:4: ')' without '('");
  EXPECT_EQ(imap("S: a1 OK [A )]"), "t.imap:7:4: ')' without '('");
  EXPECT_EQ(imap("S: \"\\"), "t.imap:7:4: a quoted string has no end");
  EXPECT_EQ(imap("S: " + std::string(100000, '(')), "t.imap:7:4: lists are nested too deep");
  EXPECT_NE(imap("check").find("write 'check N closed'"), std::string::npos);
  EXPECT_EQ(imap("{cell}"), "t.imap:7:1: the row of the table leaves this step empty");
  EXPECT_EQ(imap("deliver a.eml"), "t.imap:7:1: 'deliver' is for connections that speak POP3: write an APPEND");
  EXPECT_EQ(trouble("title: x\nrevision: 2\n\n@a\nC: NOOP\nS: +OK\n"), "t.pop3:2:1: revision: is 1, 2 or both, in .imap files");
  EXPECT_EQ(trouble("title: x\nstate: none\nstate: transaction\n\n@a\nC: NOOP\n"), "t.pop3:3:1: state: stands above already");
  EXPECT_EQ(trouble("title: x\n\n@a\nC: NOOP\nS: +OKAY\n"), "t.pop3:5:1: the first line of a response is written +OK, -ERR, + or {r=+OK|-ERR}");
  auto both = parse_scenario("both/t.both", "title: x\nconnections: imap pop3\n\n@a\ncheck 2 uids 1\n");
  ASSERT_FALSE(both) << "POP3 has no such subject";
}

TEST(ScenarioParser, LinesOfADialogueAreOneExchange) {
  const auto steps = steps_of("t.imap", "@a\nC1: a1 NOOP\nC2: b1 NOOP\nS2: * 1 EXISTS\nS2: b1 OK\nS1: a1 OK\nC1: a2 NOOP\nrefused a2\nS1!: * BYE ...\n");
  ASSERT_EQ(steps.size(), 5u);
  EXPECT_EQ(steps[1].sends().size(), 2u);
  ASSERT_EQ(steps[1].demands().size(), 3u);
  EXPECT_EQ(steps[1].demands()[0].connection, 2);
  EXPECT_EQ(steps[1].line, 4);
  EXPECT_EQ(steps[2].sends().size(), 1u) << "a C line behind an S line begins another";
  EXPECT_TRUE(steps[2].demands().empty());
  EXPECT_TRUE(steps[3].is<Refused>());
  EXPECT_TRUE(steps[4].sends().empty());
  EXPECT_EQ(steps[4].demands().size(), 1u);
}

TEST(ScenarioParser, AStakeCutsAnExchange) {
  const auto steps = steps_of("t.imap", "@a\nC: a1 NOOP\n@b\nS: a1 OK\n");
  ASSERT_EQ(steps.size(), 4u);
  EXPECT_TRUE(steps[1].demands().empty());
  EXPECT_TRUE(steps[3].sends().empty());
}

TEST(ScenarioParser, AnExchangeSpeaksOneProtocol) {
  auto cases = parse_scenario("both/t.both", "title: x\nconnections: imap pop3\n\n@a\nC1: a1 NOOP\nC2: NOOP\nS2: +OK\nS1: a1 OK\n");
  ASSERT_TRUE(cases) << cases.error().what;
  const auto& steps = (*cases)[0].steps;
  ASSERT_EQ(steps.size(), 4u);
  EXPECT_EQ(steps[1].connection, 1);
  EXPECT_EQ(steps[2].connection, 2);
  EXPECT_EQ(steps[2].demands().size(), 1u);
  EXPECT_EQ(steps[3].connection, 1);
}

TEST(ScenarioParser, LinesOfAResponseStandBelowItsFirst) {
  const auto steps = steps_of("t.pop3", "@a\nC: STAT\nC: LIST\nS: +OK\nS: +OK\nS: 1 {_}\nS!: 2 ...\nS: .\nC: NOOP\nS: +OK\n");
  ASSERT_EQ(steps.size(), 3u);
  const auto& demands = steps[1].demands();
  ASSERT_EQ(demands.size(), 2u);
  EXPECT_FALSE(demands[0].lines);
  ASSERT_TRUE(demands[1].lines);
  ASSERT_EQ(demands[1].lines->size(), 2u);
  EXPECT_EQ((*demands[1].lines)[1].kind, Demand::Kind::never);
}

TEST(ScenarioParser, AStepKnowsWhatFollows) {
  const auto answer = steps_of("t.imap", "@a\nC: a1 NOOP\nS!: * BYE ...\nobserve how answer a1\nC: a2 NOOP\nS: a2 OK\n");
  EXPECT_TRUE(answer[1].sends()[0].any_answer_will_do);
  ASSERT_TRUE(answer[1].as<Exchange>()->then_answer);
  EXPECT_EQ(answer[1].as<Exchange>()->then_answer->second, "a1");
  EXPECT_FALSE(answer[3].sends()[0].any_answer_will_do);
  const auto greeted = steps_of("t.pop3", "connect 2\n@a\nS2: +OK\nconnect 3\nC3: STLS\nS3: +OK\nconnect 4\nC4: NOOP\nS4: +OK\nconnect 5\n");
  std::vector<Connect> connects;
  for (const auto& step : greeted) {
    if (const auto* connect = step.as<Connect>()) connects.push_back(*connect);
  }
  ASSERT_EQ(connects.size(), 4u);
  EXPECT_TRUE(connects[0].greeting_is_judged);
  EXPECT_TRUE(connects[1].before_stls && !connects[1].greeting_is_judged);
  EXPECT_TRUE(!connects[2].before_stls && !connects[2].is_last);
  EXPECT_TRUE(connects[3].is_last);
}

TEST(ScenarioParser, AnAnswerIsKnownByItsPatternNotByItsLetters) {
  const auto demands = [](const std::string& lines) { return steps_of("t.imap", "@a\nC: a1 NOOP\n" + lines)[1].demands(); };
  const auto all = demands("S: * BAD {_}\nS: * LIST () \"/\" BADGE\nS: a1 {_}\n");
  EXPECT_TRUE(all[0].waits_for_bad);
  EXPECT_FALSE(all[1].waits_for_bad) << "a mailbox called BADGE";
  EXPECT_EQ(all[2].answer, Demand::Answer::any);
  EXPECT_EQ(demands("S: a1 OK\n")[0].answer, Demand::Answer::ok);
  EXPECT_EQ(demands("S: a1 BAD\n")[0].answer, Demand::Answer::bad);
  EXPECT_EQ(demands("S: a1 OK [READ-ONLY]\n")[0].answer, Demand::Answer::other);
  EXPECT_TRUE(demands("S: * {r=OK|BAD} ...\n")[0].waits_for_bad);
}

TEST(ScenarioParser, FactsOfWhatIsSent) {
  const auto sent = [](const std::string& line) { return steps_of("t.imap", "@a\n" + line + "\n")[1].sends()[0]; };
  EXPECT_TRUE(sent("C: a1 UID FETCH 1 FLAGS").looks);
  EXPECT_TRUE(sent("C: a1 FETCH 1 BODY.PEEK[]").keeps_messages);
  EXPECT_FALSE(sent("C: a1 FETCH 1 BODY[]").looks) << "it sets \\Seen";
  EXPECT_FALSE(sent("C: a1 FETCH 1 BODY[]").keeps_messages);
  EXPECT_FALSE(sent("C~: a1 NOOP\\r\\n").looks) << "what is raw may be anything";
  EXPECT_EQ(sent("C: a1 SELECT {box}").place, Place::selects);
  EXPECT_EQ(sent("C: a1 CREATE {box}").place, Place::outside);
  EXPECT_TRUE(sent("C: DONE").ends_idle);
  EXPECT_TRUE(sent("C: DONE").looks);
  EXPECT_TRUE(sent("C: a1 FETCH $ FLAGS").uses_saved);
  EXPECT_TRUE(sent("C: a1 SUBSCRIBE {box}").about_account);
  EXPECT_FALSE(sent("C: a1 LIST \"\" {box}").about_account);
  EXPECT_TRUE(sent("C: a1 LIST \"\" *").about_account);
  EXPECT_TRUE(sent("C: a1 LOGIN {user} {astring {password}}").tries_login);
}

TEST(ScenarioParser, FactsOfACase) {
  const auto facts = [](const std::string& path, const std::string& text) {
    auto cases = parse_scenario(path, "title: x\n" + text);
    EXPECT_TRUE(cases) << cases.error().what;
    return (*cases)[0].facts;
  };
  EXPECT_TRUE(facts("t.imap", "\n@a\nC: a1 STATUS {box} (MESSAGES)\nS: a1 OK\n").uses_box);
  EXPECT_FALSE(facts("t.imap", "\n@a\nC: a1 NOOP\nS: a1 OK\n").uses_box);
  EXPECT_FALSE(facts("t.imap", "state: selected\nmessages: a.eml\n\n@a\nC: a1 FETCH 1 FLAGS\nS: a1 OK\n").mutates);
  EXPECT_TRUE(facts("t.imap", "state: selected\nmessages: a.eml\n\n@a\nC: a1 STORE 1 FLAGS ()\nS: a1 OK\n").mutates);
  EXPECT_TRUE(facts("t.imap", "state: selected\nmessages: a.eml\n\n@a\nC?: a1 EXPUNGE\n").mutates);
  EXPECT_FALSE(facts("t.imap", "\n@a\nC: a1 SELECT inbox\nS: a1 OK\n").keeps_to_itself);
  EXPECT_FALSE(facts("t.imap", "\n@a\ncheck 1 subscribed {box}\n").keeps_to_itself);
  EXPECT_TRUE(facts("t.imap", "\n@a\nC: a1 CREATE {box}\nS: a1 OK\n").keeps_to_itself);
  EXPECT_TRUE(facts("t.pop3", "\n@a\nC: USER {user}\nS: +OK\n").needs_account);
  EXPECT_TRUE(facts("t.pop3", "\n@a\nC: PASS {password}\nS: -ERR\n").lets_logins_fail);
  EXPECT_FALSE(facts("t.pop3", "\n@a\nC: PASS {password}\nS: +OK\nC: NOOP\nS: +OK\n").lets_logins_fail);
  EXPECT_TRUE(facts("t.imap", "state: not-authenticated\n\n@a\nC: a1 AUTHENTICATE PLAIN {sasl PLAIN 1}\nobserve how answer a1\n").lets_logins_fail);
  EXPECT_FALSE(facts("t.imap", "\n@a\nC: a1 LIST \"\" x\nS: * LIST {_} {_} {r=INBOX|x}\nS: a1 OK\n").keeps_to_itself);
  EXPECT_TRUE(facts("t.pop3", "state: transaction\n\n@a\nC: DELE 1\nS: +OK\n").mutates);
  EXPECT_FALSE(facts("t.pop3", "state: transaction\n\n@a\nC: STAT\nS: +OK\n").mutates);
  EXPECT_TRUE(facts("t.imap", "\n@a\nC: a1 X\nsurvives 1\n").attacks);
}

TEST(ScenarioParser, WordsOfAStepBecomeValues) {
  const auto step = [](const std::string& line) { return steps_of("t.imap", "@a\nC: a1 NOOP\n" + line + "\n")[2]; };
  const auto tls = *step("tls 2 min 1.3 alpn imap may fail").as<StartTls>();
  EXPECT_EQ(tls.wish.min, net::TlsVersion::tls1_3);
  EXPECT_EQ(tls.wish.alpn, "imap");
  EXPECT_EQ(tls.outcome, StartTls::Outcome::may_fail);
  EXPECT_EQ(step("tls 1 max 1.1 fails").as<StartTls>()->wish.min, net::TlsVersion::tls1_1) << "no more than the greatest";
  EXPECT_EQ(step("drop 2 rst").as<Drop>()->how, Drop::How::rst);
  EXPECT_EQ(step("drop").as<Drop>()->how, Drop::How::fin);
  EXPECT_EQ(step("within 2m").as<Within>()->seconds, 120);
  const auto compare = *step("check {a} = {b} or {c} >= 2").as<Compare>();
  ASSERT_EQ(compare.any_of.size(), 2u);
  EXPECT_EQ(compare.any_of[1].is, Comparison::Operator::greater_or_equal);
  EXPECT_EQ(compare.text, "{a} = {b} or {c} >= 2");
  EXPECT_TRUE(step("refused a1 may close").as<Refused>()->may_close);
  const auto wrong = [](const std::string& line) {
    auto cases = parse_scenario("t.imap", "title: x\n\n@a\nC: a1 NOOP\n" + line + "\n");
    return cases ? std::string() : cases.error().what;
  };
  EXPECT_NE(wrong("tls 1 min 1.4").find("with V from 1.0 to 1.3"), std::string::npos);
  EXPECT_NE(wrong("tls 1 min").find("write 'tls N"), std::string::npos) << "a word without its value";
  EXPECT_NE(wrong("drop 1 fin rst").find("write 'drop N fin'"), std::string::npos);
  EXPECT_NE(wrong("check {a} =").find("write 'check N closed'"), std::string::npos);
}

TEST(ScenarioParser, VaryReachesTheHeader) {
  auto cases = parse_scenario("t.imap",
                              "title: x in {state}\nstate: {state}\nrequires: {needs}\nendpoint: {port}\nrevision: {rev}\n"
                              "vary: state | needs | port | rev\n  selected | MOVE | imaps | 1\n  authenticated | no-MOVE | imap | 1 2\n\n"
                              "@a\nC: a1 NOOP\nS: a1 OK\n");
  ASSERT_TRUE(cases) << cases.error().what;
  ASSERT_EQ(cases->size(), 3u);
  EXPECT_EQ((*cases)[0].state, "selected");
  EXPECT_EQ((*cases)[0].endpoint, "imaps");
  EXPECT_TRUE((*cases)[0].needs("MOVE"));
  EXPECT_EQ((*cases)[2].name(), "t.imap#authenticated~rev2");
  EXPECT_EQ((*cases)[2].title, "x in authenticated");
  auto wrong = parse_scenario("t.imap", "title: x\nstate: {s}\nvary: s\n  selectd\n\n@a\nC: a1 NOOP\nS: a1 OK\n");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().what, "t.imap:2:1: unknown state 'selectd'; did you mean 'selected'?");
}

TEST(ScenarioParser, VaryMakesOneCaseOfEachRow) {
  auto cases = parse_scenario("t.pop3", "title: x\nvary: cmd | id\n  NOOP | a/b/c\n  STAT | a/b/d\n\n@{id}\nC: {cmd}\nS: +OK\n");
  ASSERT_TRUE(cases);
  ASSERT_EQ(cases->size(), 2u);
  EXPECT_EQ((*cases)[1].name(), "t.pop3#STAT");
  EXPECT_EQ((*cases)[1].stakes(), std::vector<std::string>{"a/b/d"});
}

}  // namespace
}  // namespace mailspec::scenario
