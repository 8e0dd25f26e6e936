#include "harness/result/result.h"

#include <gtest/gtest.h>

#include "harness/result/known.h"
#include "harness/result/skips.h"

namespace mailspec::result {
namespace {

Check check(const std::string& id, Verdict verdict, bool follows = false) {
  Check c;
  c.id = c.requirement = id;
  c.verdict = verdict;
  c.follows = follows;
  return c;
}

TEST(ExitStatus, AsTheDesignHasIt) {
  result::Run run;
  EXPECT_EQ(exit_status(run, false), 6);
  run.checks = {check("a", Verdict::skip)};
  EXPECT_EQ(exit_status(run, false), 6);
  run.checks = {check("a", Verdict::pass), check("b", Verdict::warn)};
  EXPECT_EQ(exit_status(run, false), 0);
  EXPECT_EQ(exit_status(run, true), 1);
  run.checks.push_back(check("c", Verdict::fail));
  EXPECT_EQ(exit_status(run, false), 1);
  run.known_trouble = {"stale"};
  EXPECT_EQ(exit_status(run, false), 1);
  run.checks.pop_back();
  EXPECT_EQ(exit_status(run, false), 4);
  run.checks.push_back(check("d", Verdict::inconclusive));
  EXPECT_EQ(exit_status(run, false), 5);
  run.checks.back().follows = true;  // behind a failure, which is reported itself
  EXPECT_EQ(exit_status(run, false), 4);
  run.unreachable = true;
  EXPECT_EQ(exit_status(run, false), 3);
  run.interrupted = true;
  EXPECT_EQ(exit_status(run, false), 130);
}

TEST(Headline, IsTheExitStatusInWords) {
  result::Run run;
  EXPECT_EQ(headline(run, false).line(), "NO VERDICT: nothing was judged");
  run.checks = {check("a", Verdict::pass), check("b", Verdict::warn)};
  EXPECT_EQ(headline(run, false).line(), "CONFORMS: 1 check passes, 1 warning");
  EXPECT_EQ(headline(run, true).line(), "DOES NOT CONFORM: 1 warning, which --strict counts");
  run.checks.push_back(check("c", Verdict::fail));
  EXPECT_EQ(headline(run, false).line(), "DOES NOT CONFORM: 1 requirement is broken, in 1 check");
  run.checks.push_back(check("d", Verdict::inconclusive));
  EXPECT_EQ(headline(run, false).line(), "NO VERDICT: 1 of 4 checks are inconclusive (more than 5 %); 1 requirement is broken, in 1 check");
  run.interrupted = true;
  EXPECT_EQ(headline(run, false).line(), "INTERRUPTED: the run was interrupted after 3 of 4 checks; 1 requirement is broken, in 1 check");
  for (const bool strict : {false, true}) EXPECT_EQ(headline(run, strict).status, exit_status(run, strict));
  run = {};
  run.checks = {check("a", Verdict::pass)};
  run.known_trouble = {"stale"};
  EXPECT_EQ(headline(run, false).line(), "KNOWN FAILURES ARE OUT OF DATE: 1 row is to be changed");
  run.misconfigured = true;
  EXPECT_EQ(headline(run, false).status, 2);
}

TEST(SkipLines, FirstWhatTheUserCanChange) {
  const auto lines = skip_lines(
      {{"the server offers STLS", 4}, {std::string(kNotOffered) + "LANG", 2}, {std::string(kNotOffered) + "MOVE", 1}, {"takes minutes each: --slow", 1}});
  EXPECT_EQ(lines, (std::vector<std::string>{"1: takes minutes each: --slow", "4: the server offers what these want absent: STLS (4)",
                                             "3: the server does not offer: LANG (2), MOVE"}));
}

TEST(Headline, SaysHowFarARunCameWhoseServerHasDied) {
  result::Run run;
  run.unreachable = true;
  EXPECT_EQ(headline(run, false).line(), "NO VERDICT: the server could not be reached");
  run.checks = {check("a", Verdict::pass), check("b", Verdict::inconclusive), check("c", Verdict::skip)};
  EXPECT_EQ(headline(run, false).line(), "NO VERDICT: the server could not be reached");  // a standing rule alone has been kept
  run.checks[0].scenario = "pop3/a.pop3";
  EXPECT_EQ(headline(run, false).line(), "NO VERDICT: the server stopped serving after 1 of 2 checks, and 1 could not be judged");
}

TEST(ExitStatus, AllInconclusiveIsTroubleNotNothing) {
  result::Run run;
  run.checks = {check("a", Verdict::inconclusive)};
  EXPECT_EQ(exit_status(run, false), 5);
}

TEST(Known, RowsWantIdAndReason) {
  const auto trouble = [](const std::string& text) {
    auto rows = parse_known("k.toml", text);
    return rows ? std::string() : rows.error().what;
  };
  EXPECT_EQ(trouble("[[known]]\nid = \"a\"\nreason = \"why\"\n"), "");
  EXPECT_EQ(trouble("[[known]]\nid = \"a\"\n"), "k.toml:1: a row has an id and a reason");
  EXPECT_EQ(trouble("[[known]]\nid = \"a\"\nreason = \"why\"\nresaon = \"x\"\n"), "k.toml:4: unknown key 'resaon'; did you mean 'reason'?");
  EXPECT_EQ(trouble("[[known]]\nid = \"a\"\nreason = \"why\"\n[[known]]\nid = \"a\"\nreason = \"why\"\n"), "k.toml:4: 'a' has two rows");
}

TEST(Known, RowsSurviveBeingWritten) {
  KnownRow row;
  row.id = "rfc1/2/x@a.imap#\"quoted\" \\ row";
  row.reason = "two\nlines, a tab\t, \x7f and \xc3\xa9";
  const auto rows = parse_known("k.toml", write_known({row}));
  ASSERT_TRUE(rows) << rows.error().what;
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ((*rows)[0].id, row.id);
  EXPECT_EQ((*rows)[0].reason, row.reason);
}

TEST(Known, ExcusesOneCheckAndTellsWhatIsStale) {
  result::Run run;
  run.checks = {check("a", Verdict::fail), check("b", Verdict::pass), check("c", Verdict::skip), check("d", Verdict::fail)};
  const std::vector<std::string> ids{"a", "b", "c", "d", "elsewhere"};
  apply_known(run, {{"a", "known", "", "", "", "", 1}, {"c", "skipped here", "", "", "", "", 2}, {"elsewhere", "another shard", "", "", "", "", 3}}, ids,
              "2026-01-01", "k");
  EXPECT_EQ(run.checks[0].known, "known");
  EXPECT_TRUE(run.known_trouble.empty());
  EXPECT_EQ(run.count(Verdict::fail), 1u);
  apply_known(run, {{"b", "x", "", "", "", "", 4}, {"zz", "x", "", "", "", "", 5}, {"d", "x", "", "", "2025-12-31", "", 6}}, ids, "2026-01-01", "k");
  ASSERT_EQ(run.known_trouble.size(), 3u);
  EXPECT_EQ(run.known_trouble[0], "k:4: 'b' passes now: take the row out");
  EXPECT_EQ(run.known_trouble[1], "k:5: unknown check 'zz'");
  EXPECT_EQ(run.known_trouble[2], "k:6: 'd' was excused until 2025-12-31");
  EXPECT_TRUE(run.checks[3].known.empty());
}

}  // namespace
}  // namespace mailspec::result
