#include "harness/result/gives.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mailspec::result {
namespace {

Check check(const std::string& requirement, const std::string& scenario, Verdict verdict) {
  Check c;
  c.requirement = requirement;
  c.scenario = scenario;
  c.id = requirement + "@" + scenario;
  c.verdict = verdict;
  return c;
}

TEST(Gives, NothingUnlessBothProtocolsWereJudged) {
  result::Run run;
  run.checks = {check("rfc1939/5/retr-sends-message", "pop3/a.pop3", Verdict::pass)};
  EXPECT_TRUE(gives(run).empty());
}

TEST(Gives, OnlyWhatWasProved) {
  result::Run run;
  run.checks = {check("rfc1939/5/retr-sends-message", "pop3/a.pop3", Verdict::pass), check("rfc9051/6.4.5/sections", "imap/a.imap", Verdict::pass),
                check("rfc9051/6.4.5/sections", "imap/b.imap", Verdict::fail),       check("rfc9051/6.4.8/move", "imap/c.imap", Verdict::skip),
                check("rfc9051/6.4.4/search-keys", "imap/d.imap", Verdict::fail),    check("rfc1939/6/quit-removes-marked", "pop3/b.pop3", Verdict::skip)};
  run.checks[3].reason = "the server does not offer MOVE";
  run.checks[5].reason = "no way to deliver: --deliver";
  const auto all = gives(run);
  const auto row = [&](const std::string& what) { return *std::ranges::find(all, what, &Gift::what); };
  EXPECT_EQ(row("Download of whole messages").pop3, "yes (1 check)");
  EXPECT_EQ(row("Download of whole messages").imap, "with faults (1 of 2 checks fail)");
  EXPECT_EQ(row("Moving in one step").imap, "not offered");
  EXPECT_EQ(row("Deletion on the server").pop3, "not tried (no way to deliver: --deliver)");
  EXPECT_EQ(row("Search on the server").imap, "no (1 check fail)");
  EXPECT_EQ(row("Folders").imap, "not tried");
  EXPECT_EQ(row("Search on the server").pop3, "no");
  EXPECT_EQ(row("Namespaces of others, and shared ones").imap, "not tried");
  run.observations = {{"namespaces-of-others", "NIL", "s"}, {"shared-namespaces", "((\"#shared.\" \".\"))", "s"}};
  const auto told = gives(run);
  EXPECT_EQ(std::ranges::find(told, "Namespaces of others, and shared ones", &Gift::what)->imap, "of others: none, shared: ((\"#shared.\" \".\"))");
}

}  // namespace
}  // namespace mailspec::result
