#include "harness/scenario/imap_acts.h"

#include <gtest/gtest.h>

namespace mailspec::scenario {
namespace {

std::vector<Act> acts(const std::string& steps) {
  auto cases = parse_scenario("t.imap", "title: x\nconnections: 2\n\n" + steps + "@a\nC1: z1 NOOP\nS1: z1 OK\n");
  EXPECT_TRUE(cases) << cases.error().what;
  auto out = acts_of((*cases)[0]);
  out.resize(out.size() - 2);
  return out;
}

TEST(ImapActs, LinesOfAnExchangeAreActsOfTheirConnections) {
  const auto all = acts("C1: a1 STORE 1 FLAGS ()\nC2: b1 FETCH 1 FLAGS\nS2: b1 OK\nS1: a1 OK\n");
  ASSERT_EQ(all.size(), 4u);
  EXPECT_TRUE(all[0].sends && !all[0].looks && all[0].place == Place::inside && all[0].connection == 1);
  EXPECT_TRUE(all[1].sends && all[1].looks && all[1].place == Place::inside && all[1].connection == 2);
  EXPECT_TRUE(!all[2].sends && all[2].place == Place::outside);
  EXPECT_FALSE(all[0].is_judged);
}

TEST(ImapActs, StepsOfTheirOwn) {
  const auto all = acts("C2?: b1 EXPUNGE\ndrop 2\nsilence 1\ncheck 1 uids 1\ncheck 1 listed {box}\nlogin 2\n");
  ASSERT_EQ(all.size(), 6u);
  EXPECT_TRUE(all[0].sends && !all[0].looks && all[0].connection == 2);
  EXPECT_FALSE(all[1].looks) << "who is cut off has done something";
  EXPECT_EQ(all[2].place, Place::inside);
  EXPECT_EQ(all[3].place, Place::inside);
  EXPECT_EQ(all[4].place, Place::outside) << "names need no mailbox";
  EXPECT_TRUE(all[5].looks && all[5].place == Place::outside);
}

TEST(ImapActs, WhatNamesNoConnectionIsNobodys) { EXPECT_TRUE(acts("wait 1s\nobserve x {box}\ncheck {box} = {box2}\n").empty()); }

TEST(ImapActs, WhatIsAtStakeIsJudged) {
  auto cases = parse_scenario("t.imap", "title: x\n\nC: a1 NOOP\nS: a1 OK\n@a\nC: a2 NOOP\nS: a2 OK\n");
  ASSERT_TRUE(cases);
  const auto all = acts_of((*cases)[0]);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_TRUE(!all[1].is_judged && all[2].is_judged);
}

}  // namespace
}  // namespace mailspec::scenario
