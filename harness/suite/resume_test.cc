#include "harness/suite/resume.h"

#include "harness/suite/scripted_stage_test.h"

namespace mailspec::suite {
namespace {

using result::Check;
using result::Verdict;

Check check_of(const scenario::Case& c, Verdict verdict, bool follows = false) {
  Check check;
  check.id = c.stakes()[0] + "@" + c.name();
  check.scenario = c.path;
  check.verdict = verdict;
  check.follows = follows;
  check.known = "a reason";
  return check;
}

TEST(Resume, WhatIsJudgedIsNotRunAgain) {
  std::vector<scenario::Case> cases(4, plain_case());
  for (std::size_t i = 0; i < cases.size(); ++i) cases[i].path = "pop3/" + std::to_string(i) + ".pop3";
  result::Run run;
  run.checks = {check_of(cases[0], Verdict::pass), check_of(cases[1], Verdict::inconclusive), check_of(cases[2], Verdict::inconclusive, true)};
  Check rule;
  rule.id = "rfc1939/3/one-response-per-command";
  run.checks.push_back(rule);
  run.observations = {{"x", "1", cases[0].path}, {"x", "2", cases[1].path}};
  run.interrupted = true;
  run.troubles = {"x"};
  const auto done = take_up(run, {&cases[0], &cases[1], &cases[2], &cases[3]});
  EXPECT_EQ(done, std::set<std::string>{"pop3/0.pop3"});
  ASSERT_EQ(run.checks.size(), 2u);
  EXPECT_EQ(run.checks[0].scenario, "pop3/0.pop3");
  EXPECT_EQ(run.checks[0].known, "");
  EXPECT_EQ(run.checks[1].id, rule.id) << "it was seen";
  EXPECT_EQ(run.observations.size(), 1u);
  EXPECT_FALSE(run.interrupted);
  EXPECT_TRUE(run.troubles.empty());
}

}  // namespace
}  // namespace mailspec::suite
