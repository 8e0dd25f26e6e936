// The parts of a load run: mixes, plans, latencies; a session against a scripted server; the comparison at the end.
#include <gtest/gtest.h>

#include "harness/load/talker.h"

namespace mailspec::load {
namespace {

std::string trouble(const std::string& text, bool imap = true) {
  auto mix = parse_mix("m.toml", text, imap);
  return mix ? "" : mix.error().what;
}

TEST(Mix, SaysWhereItIsWrong) {
  EXPECT_EQ(trouble("messages = 5\n[imap]\nNOOP = 1\n\"UID FETCH\" = 2.5\n"), "");
  EXPECT_EQ(trouble("[pop3]\nRETR = 1\n", false), "");
  EXPECT_EQ(trouble("[imap]\nNOPE = 1\n"), "m.toml:2:8: unknown command 'NOPE'; did you mean 'NOOP'?");
  EXPECT_EQ(trouble("[imap]\nNOOP = -1\n"), "m.toml:2:8: a weight is a number from 0 to 1000000");
  EXPECT_EQ(trouble("mesages = 1\n"), "m.toml:1:11: unknown key 'mesages'; did you mean 'messages'?");
  EXPECT_EQ(trouble("[imap]\nNOOP = 0\n"), "m.toml: [imap] gives no command a weight above 0");
  EXPECT_NE(trouble("[imap\n").find("m.toml:1:"), std::string::npos);
}

TEST(Plan, IsFixedBySeedAndSession) {
  const auto& mix = default_mix(true);
  Plan a(mix, 7, 3), b(mix, 7, 3), other_seed(mix, 8, 3), other_session(mix, 7, 4);
  std::map<Kind, int> kinds;
  for (int i = 0; i < 2000; ++i) {
    const auto x = a.next(), y = b.next();
    EXPECT_EQ(x.kind, y.kind);
    EXPECT_EQ(x.which, y.which);
    EXPECT_TRUE(x.which >= 0 && x.which < 1);
    ++kinds[x.kind];
    other_seed.next();
    other_session.next();
  }
  EXPECT_EQ(a.digest(), b.digest());
  EXPECT_NE(a.digest(), other_seed.digest());
  EXPECT_NE(a.digest(), other_session.digest());
  EXPECT_EQ(kinds.size(), mix.weights.size()) << "every command of the mix is drawn";
}

TEST(Histogram, PercentilesToThreePercent) {
  Histogram h;
  EXPECT_EQ(h.percentile(0.5), 0);
  for (int i = 1; i <= 1000; ++i) h.add(i * 1e-4);
  EXPECT_NEAR(h.percentile(0.5), 0.05, 0.05 * 0.03);
  EXPECT_NEAR(h.percentile(0.99), 0.099, 0.099 * 0.03);
  EXPECT_DOUBLE_EQ(h.percentile(1), 0.1);
  EXPECT_DOUBLE_EQ(h.worst(), 0.1);
}

struct World {
  Mix mix;
  Tally tally;
  Setting setting;
  World() {
    mix = default_mix(true);
    mix.weights = {{Kind::noop, 1}};
    setting.mix = &mix;
    setting.tally = &tally;
    setting.end = 100;
    setting.most_commands = 3;
    setting.offered = {"IMAP4rev1"};
  }
};

const char* const kSelect =
    "* FLAGS (\\Seen)\r\n* 2 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 5] v\r\n* OK [UIDNEXT 9] n\r\n* OK [PERMANENTFLAGS (\\*)] p\r\nl2 OK [READ-WRITE] x\r\n";

TEST(ImapTalker, GoesFromGreetingToLogoutAndKeepsNoSecret) {
  World w;
  auto t = make_imap_talker(w.setting, 0, {"u", "secret-word", "box"});
  EXPECT_TRUE(t->wants_connection());
  t->connected(0);
  EXPECT_EQ(t->output(0), "") << "the greeting comes first";
  t->feed("* OK hi\r\n", 1);
  EXPECT_EQ(t->output(1), "l1 LOGIN \"u\" \"secret-word\"\r\n");
  t->feed("l1 OK in\r\n", 1);
  EXPECT_EQ(t->output(1), "l2 SELECT \"box\"\r\n");
  t->feed(kSelect, 1);
  for (int i = 3; i <= 5; ++i) {
    EXPECT_EQ(t->output(2), "l" + std::to_string(i) + " NOOP\r\n");
    EXPECT_EQ(t->output(2), "") << "one at a time";
    t->feed("l" + std::to_string(i) + " OK x\r\n", 2.5);
  }
  EXPECT_EQ(t->output(3), "");
  EXPECT_TRUE(t->resting());
  EXPECT_EQ(t->intents(), 3u);
  t->checkpoint(3);
  EXPECT_EQ(t->output(3), "l6 UID FETCH 1:* (UID FLAGS)\r\n");
  t->feed("* 1 FETCH (UID 4 FLAGS (\\Seen))\r\n* 2 FETCH (UID 7 FLAGS ())\r\nl6 OK x\r\n", 3);
  ASSERT_TRUE(t->picture());
  EXPECT_EQ(*t->picture(), (std::map<std::uint64_t, std::string>{{4, "\\seen"}, {7, ""}}));
  t->checkpoint(4);
  EXPECT_EQ(t->output(3), "l7 LOGOUT\r\n");
  t->feed("* BYE bye\r\nl7 OK x\r\n", 3);
  EXPECT_TRUE(t->wants_close());
  t->ended(false, 3);
  EXPECT_FALSE(t->wants_connection());
  EXPECT_TRUE(w.tally.findings.empty()) << w.tally.findings.begin()->first;
  EXPECT_EQ(w.tally.latencies["NOOP"].count(), 3u);
  for (const auto& e : t->trace().events) EXPECT_EQ(e.octets.find("secret-word"), std::string::npos);
}

TEST(ImapTalker, JudgesAsItGoes) {
  World w;
  auto t = make_imap_talker(w.setting, 0, {"u", "p", "box"});
  t->connected(0);
  t->feed("* OK hi\r\n", 0);
  t->output(0);
  t->feed("l1 OK in\r\n", 0);
  t->output(0);
  t->feed(kSelect, 0);
  t->output(0);
  t->feed("* 1 EXISTS\r\nl3 OK x\r\n", 0);
  ASSERT_TRUE(w.tally.findings.contains("rfc9051/7.4.1/exists-not-less"));
  EXPECT_EQ(w.tally.findings["rfc9051/7.4.1/exists-not-less"].trace.events.back().imap_response.keyword, "EXISTS");
}

TEST(ImapTalker, AnEndInTheMiddleAndAHangAreFindings) {
  World w;
  auto t = make_imap_talker(w.setting, 0, {"u", "p", "box"});
  t->connected(0);
  t->feed("* OK hi\r\n", 0);
  t->output(0);
  t->ended(true, 1);
  EXPECT_EQ(w.tally.lost, 1u);
  EXPECT_TRUE(w.tally.findings.contains("rfc9051/3.4/bye-before-close"));
  EXPECT_TRUE(t->wants_connection()) << "it tries again";
  t->connected(2);
  t->feed("* OK hi\r\n", 2);
  t->output(2);
  EXPECT_EQ(t->output(2 + w.setting.patience + 1), "");
  EXPECT_TRUE(w.tally.findings.contains("rfc9051/2.2.2/tagged-once"));
  EXPECT_TRUE(t->wants_close());
}

TEST(ImapTalker, WhatHibernatesComesBackWhole) {
  World w;
  w.setting.just_idle = true;
  auto t = make_imap_talker(w.setting, 0, {"u", "p", "box"});
  t->connected(0);
  t->feed("* OK hi\r\n", 0);
  t->output(0);
  t->feed("l1 OK in\r\n", 0);
  t->output(0);
  t->feed(kSelect, 0);
  const auto events = t->trace().events.size();
  EXPECT_EQ(t->output(0), "");
  EXPECT_TRUE(t->resting());
  EXPECT_EQ(t->trace().events.size(), 0u);
  t->feed("* 3 EXISTS\r\n* 2 EXISTS\r\n", 1);
  EXPECT_EQ(t->trace().events.size(), events + 2);
  EXPECT_TRUE(w.tally.findings.contains("rfc9051/7.4.1/exists-not-less")) << "the numbers of before are known again";
}

TEST(Pop3Talker, GoesFromGreetingToQuit) {
  World w;
  w.mix = default_mix(false);
  w.mix.weights = {{Kind::retr, 1}};
  w.setting.most_commands = 1;
  auto t = make_pop3_talker(w.setting, 0, {"u", "p", ""});
  t->connected(0);
  t->feed("+OK hi\r\n", 0);
  EXPECT_EQ(t->output(0), "USER u\r\n");
  t->feed("+OK\r\n", 0);
  EXPECT_EQ(t->output(0), "PASS p\r\n");
  t->feed("+OK\r\n", 0);
  EXPECT_EQ(t->output(0), "STAT\r\n");
  t->feed("+OK 1 10\r\n", 0);
  EXPECT_EQ(t->output(0), "RETR 1\r\n");
  t->feed("+OK\r\nA: b\r\n\r\nc\r\n.\r\n", 0);
  EXPECT_EQ(t->output(0), "");
  EXPECT_TRUE(t->resting());
  t->checkpoint(4);
  EXPECT_EQ(t->output(0), "QUIT\r\n");
  t->feed("+OK\r\n", 0);
  EXPECT_TRUE(t->wants_close());
  t->ended(false, 0);
  EXPECT_FALSE(t->wants_connection());
  EXPECT_EQ(w.tally.latencies["RETR"].count(), 1u);
}

}  // namespace
}  // namespace mailspec::load
