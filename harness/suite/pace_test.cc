#include "harness/suite/pace.h"

#include "harness/suite/scripted_stage_test.h"

namespace mailspec::suite {
namespace {

TEST(Pace, NobodyHasWaitedYet) {
  const Pace pace(scenario::Patience::of(10));
  EXPECT_EQ(pace.patience(false).login, 60);
  EXPECT_EQ(pace.patience(true).login, 20) << "a login that is an attack";
  EXPECT_EQ(pace.patience(false).limits, 60);
}

TEST(Pace, OneHangMakesLoginsShort) {
  Pace pace(scenario::Patience::of(10));
  pace.count(hung());
  EXPECT_EQ(pace.patience(false).login, 20);
  EXPECT_EQ(pace.patience(true).login, 10) << "no longer than any response";
  EXPECT_EQ(pace.patience(false).reply, 10);
}

TEST(Pace, FourHangsEndPatience) {
  Pace pace(scenario::Patience::of(10));
  for (int i = 0; i < 4; ++i) pace.count(hung());
  EXPECT_EQ(pace.patience(false).reply, 3);
  oracle::Trace trace;
  trace.events.resize(2);
  trace.events[1].kind = oracle::Event::Kind::received;
  trace.events[1].at_us = 4'000'000;
  pace.learn(trace);
  EXPECT_EQ(pace.patience(false).reply, 6) << "half as long again as the slowest response";
}

TEST(Pace, FourLimitsAreWaitedOutNoMore) {
  Pace pace(scenario::Patience::of(10));
  auto limited = held();
  limited.limited = true;
  for (int i = 0; i < 3; ++i) pace.count(limited);
  EXPECT_EQ(pace.patience(false).limits, 60);
  pace.count(limited);
  EXPECT_EQ(pace.patience(false).limits, 4);
}

TEST(Pace, MoreThanFortyHangsAreTooMany) {
  Pace pace(scenario::Patience::of(10));
  for (int i = 0; i < Pace::kMostHangs; ++i) pace.count(hung());
  EXPECT_FALSE(pace.too_many_hangs());
  pace.count(hung());
  EXPECT_TRUE(pace.too_many_hangs());
}

}  // namespace
}  // namespace mailspec::suite
