#include "harness/suite/verdicts.h"

#include "harness/suite/scripted_stage_test.h"
#include "harness/suite/standing.h"

namespace mailspec::suite {
namespace {

using result::Check;
using result::Verdict;
using scenario::Stake;

const std::string kMust = "rfc1939/5/noop-positive", kShould = "rfc1939/5/should";

class VerdictsTest : public testing::Test {
 protected:
  VerdictsTest() { EXPECT_TRUE(x_catalogue.add("a.req", "id: " + kMust + "\nlevel: must\nsays: x\n\nid: " + kShould + "\nlevel: should\nsays: x\n")); }
  Check check(const Judged& judged) {
    result::Run run = x_run;
    add_checks(x_case, judged, x_catalogue, run);
    EXPECT_EQ(run.checks.size(), 1u);
    return run.checks.empty() ? Check{} : run.checks[0];
  }
  static Kept kept(const scenario::CaseResult& result) { return {result.stakes, {}, result.setup_trouble, {}, false, {}, {}}; }

  oracle::Catalogue x_catalogue;
  scenario::Case x_case = plain_case();
  result::Run x_run;
};

TEST_F(VerdictsTest, WhatIsNotAskedMakesNoCheck) {
  add_checks(x_case, NotAsked{}, x_catalogue, x_run);
  EXPECT_TRUE(x_run.checks.empty());
}

TEST_F(VerdictsTest, WhatIsSkippedSaysWhy) {
  const auto c = check(Skipped{"no POP3"});
  EXPECT_EQ(c.verdict, Verdict::skip);
  EXPECT_EQ(c.reason, "no POP3");
  EXPECT_FALSE(c.follows);
}

TEST_F(VerdictsTest, WhatIsAbandonedSaysHowTheRunEnded) {
  EXPECT_EQ(check(Abandoned{}).reason, "the run ended before it");
  x_run.unreachable = true;
  EXPECT_EQ(check(Abandoned{}).reason, "the server had stopped serving");
  x_run.interrupted = true;
  const auto c = check(Abandoned{});
  EXPECT_EQ(c.reason, "the run was interrupted");
  EXPECT_EQ(c.verdict, Verdict::inconclusive);
  EXPECT_TRUE(c.follows);
}

TEST_F(VerdictsTest, AMustFailsAndAShouldWarns) {
  auto one = kept(wrong());
  EXPECT_EQ(check(one).verdict, Verdict::fail);
  EXPECT_EQ(check(one).kind, "wrong");
  one.stakes[0].ids = {kShould};
  EXPECT_EQ(check(one).verdict, Verdict::warn);
  EXPECT_EQ(check(one).id, kShould + "@pop3/plain.pop3");
}

TEST_F(VerdictsTest, WhatPassesAtTheSecondTryIsInconclusive) {
  auto one = kept(held());
  EXPECT_EQ(check(one).verdict, Verdict::pass);
  one.flaky = true;
  EXPECT_EQ(check(one).verdict, Verdict::inconclusive);
  EXPECT_TRUE(check(one).reason.starts_with("flaky: "));
}

TEST_F(VerdictsTest, WhatIsNotReachedFollowsOrHasAReasonOfItsOwn) {
  auto one = kept(unreachable());
  EXPECT_EQ(check(one).reason, "no connection");
  EXPECT_FALSE(check(one).follows);
  one.declined = "the server has no room";
  EXPECT_EQ(check(one).verdict, Verdict::skip);
  auto two = kept(wrong());
  two.stakes.push_back(unreachable().stakes[0]);
  two.stakes[1].ids = {kShould};
  result::Run run;
  add_checks(x_case, two, x_catalogue, run);
  ASSERT_EQ(run.checks.size(), 2u);
  EXPECT_EQ(run.checks[1].reason, "follows from the failure of " + kMust + " above it");
  EXPECT_TRUE(run.checks[1].follows);
}

TEST_F(VerdictsTest, TheWorstOfSeveralStakesIsToldAndTheTimeIsShared) {
  auto one = kept(wrong());
  one.stakes.push_back(held().stakes[0]);
  one.stakes.push_back(held().stakes[0]);
  one.stakes[2].ids = {kShould};
  one.seconds = 3;
  result::Run run;
  add_checks(x_case, one, x_catalogue, run);
  ASSERT_EQ(run.checks.size(), 2u);
  EXPECT_EQ(run.checks[0].verdict, Verdict::fail);
  EXPECT_EQ(run.checks[1].seconds, 1.5);
}

TEST_F(VerdictsTest, StandingRulesAreToldOnceARun) {
  Standing standing(x_catalogue, std::vector<std::string>{kShould});
  oracle::Trace trace;
  trace.events.resize(1);
  EXPECT_FALSE(standing.check(kMust)) << "it was not exercised";
  standing.absorb(trace, {{}, {kMust, kShould}}, "one");
  EXPECT_FALSE(standing.check(kMust)) << "it holds, and nobody has asked";
  EXPECT_EQ(standing.check(kShould)->verdict, Verdict::pass);
  const oracle::Finding finding{kMust, "what came", 0};
  EXPECT_EQ(standing.absorb(trace, {{finding}, {kMust}}, "two", "two.json"), std::vector<std::string>{kMust});
  EXPECT_TRUE(standing.absorb(trace, {{finding}, {kMust}}, "one").empty()) << "it is not news";
  const auto check = standing.check(kMust);
  ASSERT_TRUE(check);
  EXPECT_EQ(check->verdict, Verdict::fail);
  EXPECT_EQ(check->broken_in, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(check->trace, "two.json");
}

}  // namespace
}  // namespace mailspec::suite
