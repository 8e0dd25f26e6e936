#include "harness/suite/cuts.h"

#include "harness/suite/scripted_stage_test.h"

namespace mailspec::suite {
namespace {

using result::Check;
using result::Verdict;
using scenario::Segmentation;

const std::string kId = "rfc1939/5/noop-positive@pop3/plain.pop3";

result::Run with(Verdict verdict) {
  result::Run run;
  Check check;
  check.id = kId;
  check.scenario = "pop3/plain.pop3";
  check.verdict = verdict;
  check.reason = verdict == Verdict::fail ? "no answer" : "";
  run.checks.push_back(check);
  return run;
}

class CutsTest : public testing::Test {
 protected:
  // `other` is what each cut gives, and gives again.
  Check try_all(Verdict by_lines, const std::function<Verdict(Segmentation, int)>& other) {
    const auto c = plain_case();
    auto run = with(by_lines);
    std::map<Segmentation, int> times;
    try_every_cut(run, {&c}, [&](Segmentation cut, const Cases&) {
      ++x_runs;
      return with(other(cut, times[cut]++));
    });
    EXPECT_EQ(run.checks.size(), 2u) << "nothing was said in IMAP";
    EXPECT_EQ(run.checks[0].id, "rfc1939/3/command-ends-at-crlf");
    return run.checks[0];
  }

  int x_runs = 0;
};

TEST_F(CutsTest, NothingDiffers) {
  EXPECT_EQ(try_all(Verdict::fail, [](auto, int) { return Verdict::fail; }).verdict, Verdict::pass);
  EXPECT_EQ(x_runs, 3);
}

TEST_F(CutsTest, WhatDiffersTwiceIsAFinding) {
  const auto check = try_all(Verdict::pass, [](auto cut, int) { return cut == Segmentation::octet ? Verdict::fail : Verdict::pass; });
  EXPECT_EQ(check.verdict, Verdict::fail);
  EXPECT_EQ(check.reason, "cut by 'octet' " + kId + " is fail, cut by 'line' pass: no answer");
  EXPECT_EQ(check.broken_in, std::vector<std::string>{"octet: " + kId});
  EXPECT_EQ(x_runs, 4);
}

TEST_F(CutsTest, WhatDiffersOnceIsNone) {
  EXPECT_EQ(try_all(Verdict::pass, [](auto, int time) { return time == 0 ? Verdict::fail : Verdict::pass; }).verdict, Verdict::pass);
  EXPECT_EQ(x_runs, 6);
}

TEST_F(CutsTest, WhatCouldNotBeJudgedDoesNotDiffer) {
  EXPECT_EQ(try_all(Verdict::inconclusive, [](auto, int) { return Verdict::fail; }).verdict, Verdict::pass);
  EXPECT_EQ(try_all(Verdict::pass, [](auto, int) { return Verdict::skip; }).verdict, Verdict::pass);
  EXPECT_EQ(try_all(Verdict::pass, [](auto, int) { return Verdict::inconclusive; }).verdict, Verdict::fail) << "set-up needs a cut";
}

}  // namespace
}  // namespace mailspec::suite
