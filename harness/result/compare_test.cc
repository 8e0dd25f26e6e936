#include "harness/result/compare.h"

#include <gtest/gtest.h>

namespace mailspec::result {
namespace {

Check check(const std::string& id, Verdict verdict, const std::string& known = "") {
  Check c;
  c.id = id;
  c.requirement = id.substr(0, id.find('@'));
  c.verdict = verdict;
  c.known = known;
  return c;
}

Run run_of(std::vector<Check> checks) {
  Run run;
  run.checks = std::move(checks);
  return run;
}

std::vector<std::string> ids(const std::vector<Change>& changes) {
  std::vector<std::string> out;
  for (const auto& c : changes) out.push_back(c.id());
  return out;
}

using Ids = std::vector<std::string>;

TEST(Compare, EveryMoveHasItsPlace) {
  using enum Verdict;
  const auto before =
      run_of({check("broke", pass), check("warned", pass), check("excused", pass), check("mended", fail), check("mended-known", fail, "why"),
              check("gone", pass), check("skipped", pass), check("still", fail), check("offered", skip), check("same", pass), check("none", skip)});
  const auto after =
      run_of({check("broke", fail), check("warned", warn), check("excused", fail, "why"), check("mended", pass), check("mended-known", warn),
              check("skipped", skip), check("still", fail), check("offered", fail), check("same", pass), check("none", inconclusive), check("fresh", fail)});
  const auto c = compare(before, after, false);
  EXPECT_EQ(ids(c.broke), (Ids{"broke"}));
  EXPECT_EQ(ids(c.mended), (Ids{"mended", "mended-known"}));
  EXPECT_EQ(ids(c.fresh), (Ids{"fresh", "offered"}));
  EXPECT_EQ(ids(c.lost), (Ids{"gone", "skipped"}));
  EXPECT_EQ(ids(c.still), (Ids{"still"}));
  EXPECT_EQ(c.same, 4u);
  EXPECT_EQ(exit_status(c), 1);
  EXPECT_EQ(ids(compare(before, after, true).broke), (Ids{"broke", "warned"}));
}

// A new check accuses nobody of a regression; neither does a run that proves nothing acquit.
TEST(Compare, ExitStatus) {
  using enum Verdict;
  EXPECT_EQ(exit_status(compare(run_of({check("a", pass)}), run_of({check("a", pass), check("b", fail)}), false)), 0);
  EXPECT_EQ(exit_status(compare(run_of({check("a", pass)}), run_of({check("a", skip)}), false)), 5);
  EXPECT_EQ(exit_status(compare(run_of({}), run_of({check("a", pass)}), false)), 5);
  auto cut_short = run_of({check("a", fail)});
  cut_short.interrupted = true;
  EXPECT_EQ(exit_status(compare(run_of({check("a", pass)}), cut_short, false)), 1);
}

TEST(SideBySide, TheWorstCheckIsTheServers) {
  using enum Verdict;
  const std::vector<result::Run> runs{run_of({check("r/1/a@x", pass), check("r/1/a@y", fail, "known here"), check("r/1/b", fail), check("r/1/c", pass)}),
                                      run_of({check("r/1/a@x", pass), check("r/1/b", fail), check("r/1/c", skip), check("r/1/d", fail)}),
                                      run_of({check("r/1/b", skip)})};
  const auto rows = side_by_side(runs);
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0].cells[0].outcome, "fail");
  EXPECT_EQ(rows[0].cells[1].outcome, "pass");
  EXPECT_EQ(rows[0].cells[2].outcome, "");
  ASSERT_EQ(rows[0].cells[0].notes.size(), 1u);
  EXPECT_EQ(rows[0].cells[0].notes[0]->known, "known here");
  EXPECT_TRUE(rows[0].differs);
  EXPECT_FALSE(rows[0].suspicious);
  EXPECT_TRUE(rows[1].suspicious) << "both that were judged break it";
  EXPECT_FALSE(rows[2].differs);
  EXPECT_FALSE(rows[3].suspicious) << "one server is no pattern";
}

TEST(Merge, PartsOfOneRun) {
  using enum Verdict;
  auto one = run_of({check("a", pass), check("s", pass)}), two = run_of({check("b", skip), check("s", fail)});
  one.offered = {"IDLE"};
  two.offered = {"IDLE", "MOVE"};
  two.interrupted = true;
  const auto all = merge({one, two});
  ASSERT_TRUE(all);
  ASSERT_EQ(all->checks.size(), 3u);
  EXPECT_EQ(all->checks[2].verdict, fail);
  EXPECT_TRUE(all->interrupted);
  EXPECT_EQ(all->offered, (std::vector<std::string>{"IDLE", "MOVE"}));
  two.target = "other";
  EXPECT_FALSE(merge({one, two}));
  EXPECT_FALSE(merge({}));
}

}  // namespace
}  // namespace mailspec::result
