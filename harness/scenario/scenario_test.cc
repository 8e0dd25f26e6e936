#include "harness/language/scenario.h"

#include <gtest/gtest.h>

#include "harness/scenario/offer.h"
#include "harness/scenario/template.h"

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

TEST(Offer, WhatIsNamedMustMeanSomething) {
  Offer offer;
  offer.pop3 = Pop3Offer{};
  offer.pop3->capa = true;
  offer.pop3->before_tls = {{"LOGIN-DELAY", {"0"}, ""}};
  EXPECT_FALSE(offer.pop3_has("LOGIN-DELAY")) << "with no seconds between logins none comes too soon";
  offer.pop3->before_tls = {{"LOGIN-DELAY", {"10"}, ""}};
  EXPECT_TRUE(offer.pop3_has("LOGIN-DELAY"));
  offer.pop3->after_login = {{"SASL", {"CRAM-MD5"}, ""}, {"EXPIRE", {"NEVER"}, ""}};
  EXPECT_FALSE(offer.pop3_has("SASL:CRAM-MD5")) << "after the login it serves no longer";
  EXPECT_TRUE(offer.pop3_has("EXPIRE:NEVER"));
  offer.imap = ImapOffer{};
  offer.imap->after_login = {"IMAP4rev1", "LOGINDISABLED"};
  EXPECT_FALSE(offer.imap_has("LOGINDISABLED", 1)) << "after the login it says nothing of logins";
  offer.imap->before_tls = {"IMAP4rev1", "LOGINDISABLED"};
  EXPECT_TRUE(offer.imap_has("LOGINDISABLED", 1));
  offer.imap->after_login = {"IMAP4rev1", "AUTH=PLAIN", "SASL-IR", "MOVE"};
  EXPECT_FALSE(offer.imap_has("AUTH=PLAIN", 1) || offer.imap_has("SASL-IR", 1)) << "after the login they serve no longer";
  EXPECT_TRUE(offer.imap_has("MOVE", 1));
}

TEST(ScenarioParser, VaryMakesOneCaseOfEachRow) {
  auto cases = parse_scenario("t.pop3", "title: x\nvary: cmd | id\n  NOOP | a/b/c\n  STAT | a/b/d\n\n@{id}\nC: {cmd}\nS: +OK\n");
  ASSERT_TRUE(cases);
  ASSERT_EQ(cases->size(), 2u);
  EXPECT_EQ((*cases)[1].name(), "t.pop3#STAT");
  EXPECT_EQ((*cases)[1].stakes(), std::vector<std::string>{"a/b/d"});
}

// What each form makes of each password; "" where it cannot hold it.
TEST(Template, PasswordsInEachForm) {
  const struct {
    std::string password, atom, quoted, astring, ascii, argument;
  } kCases[] = {
      {"plain-1!", "plain-1!", "\"plain-1!\"", "plain-1!", "plain-1!", "plain-1!"},
      {"br]acket", "br]acket", "\"br]acket\"", "br]acket", "br]acket", "br]acket"},
      {"a b", "", "\"a b\"", "\"a b\"", "a b", ""},
      {"a\"b", "", "\"a\\\"b\"", "\"a\\\"b\"", "a\"b", "a\"b"},
      {"a\\b", "", "\"a\\\\b\"", "\"a\\\\b\"", "a\\b", "a\\b"},
      {"p%w", "", "\"p%w\"", "\"p%w\"", "p%w", "p%w"},
      {"(x)", "", "\"(x)\"", "\"(x)\"", "(x)", "(x)"},
      {"{3}", "", "\"{3}\"", "\"{3}\"", "{3}", "{3}"},
      {"*", "", "\"*\"", "\"*\"", "*", "*"},
      {"$HOME'", "$HOME'", "\"$HOME'\"", "$HOME'", "$HOME'", "$HOME'"},
      {"\x7f", "", "\"\x7f\"", "\"\x7f\"", "\x7f", ""},
      {"p\xc3\xa4ss", "", "", "", "", ""},
      {"a\rb", "", "", "", "a\rb", ""},
      {"a\nb", "", "", "", "a\nb", ""},
      {std::string("a\0b", 3), "", "", "", "", ""},
  };
  for (const auto& c : kCases) {
    Bindings b{{"password", {c.password, true}}};
    Workshop w;
    for (const auto& [form, due] : {std::pair{"atom", c.atom}, {"quoted", c.quoted}, {"astring", c.astring}, {"ascii", c.ascii}, {"argument", c.argument}}) {
      const auto line = parse_template(std::string("{") + form + " {password}}", 1);
      ASSERT_TRUE(line);
      const auto made = expand(*line, b, w, 1);
      ASSERT_TRUE(made);
      EXPECT_EQ(made->octets, due) << form << " of " << c.password;
      EXPECT_EQ(made->declined.empty(), !due.empty()) << form << " of " << c.password;
      EXPECT_EQ(made->declined.find(c.password), std::string::npos) << "a password is told";
    }
  }
}

Match try_match(const std::string& pattern, const std::string& text, Bindings& bindings, bool open_end = false) {
  auto line = parse_pattern(text.empty() ? pattern : pattern, 1);
  EXPECT_TRUE(line) << pattern;
  return match(*line, text, bindings, open_end, false);
}

TEST(Pattern, Matches) {
  Bindings b;
  EXPECT_TRUE(try_match("2 {n=}", "2 320", b).matched);
  EXPECT_EQ(b["n"].octets, "320");
  EXPECT_TRUE(try_match("2 {n}", "2 320", b).matched);
  EXPECT_FALSE(try_match("2 {n}", "2 321", b).matched);
  EXPECT_FALSE(try_match("2 {n}", "2  320", b).matched);
  EXPECT_FALSE(try_match("2 {n}", "2 320 more", b).matched);
  EXPECT_TRUE(try_match("2 {n}", "2 320 more", b, true).matched);
  EXPECT_FALSE(try_match("2 {n}", "2 3200", b, true).matched);
  EXPECT_TRUE(try_match("{_} ...", "a b c", b).matched);
  EXPECT_TRUE(try_match("{tag=}...", "en", b).matched);
  EXPECT_TRUE(try_match("{x=A|B}", "B", b).matched);
  EXPECT_FALSE(try_match("{x=A|B}", "C", b).matched);
  EXPECT_EQ(try_match("2 320", "2 330", b).offset, 0u);
}

TEST(Template, ExpandsAndKeepsSecrets) {
  Bindings b{{"user", {"u", false}}, {"password", {"hunter2", true}}};
  Workshop w;
  w.credentials = {"u", "hunter2", "other"};
  const auto expand_text = [&](const std::string& text) {
    auto line = parse_template(text, 1);
    EXPECT_TRUE(line) << text;
    return expand(*line, b, w, 1);
  };
  EXPECT_EQ(expand_text("PASS {password}")->octets, "PASS hunter2");
  EXPECT_EQ(expand_text("PASS {password}")->shown, "PASS {secret:7}");
  EXPECT_EQ(expand_text("{repeat \"ab\" 3}")->octets, "ababab");
  EXPECT_EQ(expand_text("{base64 \"\\0u\\0p\"}")->octets, "AHUAcA==");
  EXPECT_EQ(expand_text("{sasl PLAIN 1}")->octets, "AHUAaHVudGVyMg==");
  EXPECT_EQ(expand_text("{sasl PLAIN 1}")->shown, "{secret:16}");
  EXPECT_EQ(expand_text("\\{x}")->octets, "{x}");
  EXPECT_EQ(expand_text("{quoted {password}}")->shown, "{secret:9}");
  const auto unknown_name = expand_text("{usr}");
  ASSERT_FALSE(unknown_name);
  EXPECT_EQ(unknown_name.error().what, "{usr}: unknown name 'usr'; did you mean 'user'?");
}

}  // namespace
}  // namespace mailspec::scenario
