#include "harness/result/former.h"

#include <gtest/gtest.h>

namespace mailspec::result {
namespace {

TEST(Former, WhatHasMovedGetsItsPresentName) {
  const Former former{{"rfc1/2/a@imap/old.imap#row~rev1", "rfc1/2/a@imap/rfc1/new.imap#row~rev1"}, {"imap/old.imap#row~rev1", "imap/rfc1/new.imap#row~rev1"}};
  result::Run run;
  Check moved, standing, stayed;
  moved.id = "rfc1/2/a@imap/old.imap#row~rev1";
  moved.scenario = "imap/old.imap";
  standing.id = "rfc1/3/c";
  standing.broken_in = {"imap/old.imap#row~rev1", "octet: rfc1/2/a@imap/old.imap#row~rev1", "imap/a.imap#x: y~rev1"};
  stayed.id = "rfc1/2/b@imap/old.imap#row~rev1";
  stayed.scenario = "imap/old.imap";
  run.checks = {moved, stayed, standing};
  run.observations = {{"choice", "1", "imap/old.imap#row~rev1"}};
  rename(run, former);
  EXPECT_EQ(run.checks[0].id, "rfc1/2/a@imap/rfc1/new.imap#row~rev1");
  EXPECT_EQ(run.checks[0].scenario, "imap/rfc1/new.imap");
  EXPECT_EQ(run.checks[1].scenario, "imap/old.imap") << "a stake that has stayed behind";
  EXPECT_EQ(run.checks[2].broken_in,
            (std::vector<std::string>{"imap/rfc1/new.imap#row~rev1", "octet: rfc1/2/a@imap/rfc1/new.imap#row~rev1", "imap/a.imap#x: y~rev1"}));
  EXPECT_EQ(run.observations[0].scenario, "imap/rfc1/new.imap#row~rev1");
  std::vector<KnownRow> rows(1);
  rows[0].id = "rfc1/2/a@imap/old.imap#row~rev1";
  rename(rows, former);
  EXPECT_EQ(rows[0].id, "rfc1/2/a@imap/rfc1/new.imap#row~rev1");
}

}  // namespace
}  // namespace mailspec::result
