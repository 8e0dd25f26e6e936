#include "harness/suite/attempt.h"

#include "harness/suite/scripted_stage_test.h"

namespace mailspec::suite {
namespace {

using scenario::CaseResult;
using scenario::Stake;

class AttemptTest : public testing::Test {
 protected:
  std::optional<Attempts::Tried> attempt(const scenario::Case& c, std::vector<CaseResult> results) {
    x_script.emplace(std::move(results));
    Attempts attempts(x_turnstile, x_pace, x_outages, x_ending, x_script->runner());
    const Turnstile::Inside inside(x_turnstile);
    auto out = attempts.attempt(c, x_stage, {}, x_options);
    EXPECT_TRUE(x_script->over()) << "not run as often";
    return out;
  }
  // The server is up again after so many seconds; never: below 0.
  void goes_down(int seconds) {
    x_stage.up = false;
    x_stage.met = [this, until = x_now + std::chrono::seconds(seconds), seconds] { x_stage.up = seconds >= 0 && x_now >= until; };
  }

  ScriptedStage x_stage;
  scenario::RunOptions x_options;
  WallClock::Time x_now{};
  Ending x_ending;
  Pace x_pace{scenario::Patience::of(10)};
  Turnstile x_turnstile;
  Outages x_outages{x_ending, {[this] { return x_now; }, [this](std::chrono::milliseconds time) { x_now += time; }}};
  std::optional<Script> x_script;
};

TEST_F(AttemptTest, WhatPassesIsRunOnce) {
  const auto tried = attempt(plain_case(), {held()});
  ASSERT_TRUE(tried);
  EXPECT_FALSE(tried->flaky);
  EXPECT_EQ(tried->result.stakes[0].outcome, Stake::Outcome::held);
}

TEST_F(AttemptTest, WhatIsWrongIsRunOnce) {
  const auto tried = attempt(plain_case(), {wrong()});
  ASSERT_TRUE(tried);
  EXPECT_EQ(tried->result.stakes[0].outcome, Stake::Outcome::broken);
}

TEST_F(AttemptTest, AHangThatComesAgainCounts) {
  const auto tried = attempt(plain_case(), {hung(), hung()});
  ASSERT_TRUE(tried);
  EXPECT_FALSE(tried->flaky);
  EXPECT_TRUE(tried->result.hung());
}

TEST_F(AttemptTest, AHangThatDoesNotComeAgainIsFlaky) {
  const auto tried = attempt(plain_case(), {hung(), held()});
  ASSERT_TRUE(tried);
  EXPECT_TRUE(tried->flaky);
  EXPECT_EQ(tried->result.stakes[0].outcome, Stake::Outcome::held) << "the second try is told";
  EXPECT_EQ(x_script->asked[1].patience.login, 20) << "a login is not waited for as long again";
}

TEST_F(AttemptTest, ACrashIsTriedAgainByItselfUnlessItRanSo) {
  EXPECT_TRUE(attempt(plain_case(), {crashed(), held()})->flaky);
  x_options.alone = true;
  EXPECT_FALSE(attempt(plain_case(), {crashed()})->flaky);
}

TEST_F(AttemptTest, WhereNobodyGetsInRecoveryIsTried) {
  x_stage.recovers = true;
  const auto tried = attempt(plain_case(), {unreachable(), held(), held()});
  ASSERT_TRUE(tried);
  EXPECT_EQ(x_stage.recoveries, 1);
  EXPECT_EQ(x_stage.restarts, 1) << "what was prepared may be gone";
  EXPECT_EQ(x_outages.resets(), 1);
}

TEST_F(AttemptTest, WhoIsAloneIsNotRunAgainAfterItsOwnReset) {
  x_stage.recovers = x_options.alone = true;
  EXPECT_TRUE(attempt(plain_case(), {unreachable(), held()}));
}

TEST_F(AttemptTest, WhatAnOutageHasEndedIsTriedAgain) {
  goes_down(30);
  const auto tried = attempt(plain_case(), {cut_off(), held()});
  ASSERT_TRUE(tried);
  EXPECT_EQ(tried->result.stakes[0].outcome, Stake::Outcome::held);
  EXPECT_FALSE(x_ending.stopped());
  ASSERT_EQ(x_ending.troubles().size(), 1u);
  EXPECT_TRUE(x_ending.troubles()[0].starts_with("the server served nobody for a while, and came back; first seen in pop3/plain.pop3"));
}

TEST_F(AttemptTest, AServerThatIsLostAccusesNoBystander) {
  goes_down(-1);
  EXPECT_FALSE(attempt(plain_case(), {cut_off()}));
  EXPECT_TRUE(x_outages.lost());
  EXPECT_TRUE(x_ending.stopped());
  EXPECT_GE(x_now.time_since_epoch(), Outages::kComesBack);
}

TEST_F(AttemptTest, AServerThatIsLostAccusesWhatAttackedIt) {
  goes_down(-1);
  const auto tried = attempt(attacking_case(), {cut_off()});
  ASSERT_TRUE(tried);
  EXPECT_EQ(tried->result.stakes[0].outcome, Stake::Outcome::broken);
}

TEST_F(AttemptTest, OnlyTheFirstThatBroughtItDownIsAccused) {
  goes_down(-1);
  ASSERT_TRUE(x_outages.claim_down());
  EXPECT_FALSE(attempt(attacking_case(), {cut_off()}));
}

TEST_F(AttemptTest, AHangWithTheServerGoneAccusesNobody) {
  x_stage.up = false;
  const auto tried = attempt(plain_case(), {hung(), hung()});
  ASSERT_TRUE(tried);
  EXPECT_EQ(tried->result.stakes[0].outcome, Stake::Outcome::unreached);
  EXPECT_EQ(tried->result.setup_trouble, "the server no longer answers anybody");
}

TEST_F(AttemptTest, AfterFortyHangsTheRunIsOver) {
  for (int i = 0; i < Pace::kMostHangs; ++i) x_pace.count(hung());
  EXPECT_FALSE(x_ending.stopped());
  (void)attempt(plain_case(), {hung(), hung()});
  EXPECT_EQ(x_ending.troubles(), std::vector<std::string>{"the server hung in 40 cases; the rest was not tried"});
}

TEST_F(AttemptTest, ARaceHasASeedForEachRun) {
  x_options.seed = 5;
  const auto tried = attempt(plain_case("repeat: 3\n"), {held(), held(), held()});
  ASSERT_TRUE(tried);
  EXPECT_EQ(x_script->asked[2].seed, 7u);
}

TEST(Race, TellsOfTheFirstThatGoesWrong) {
  const auto c = plain_case("repeat: 4\n");
  std::vector<CaseResult> rest{wrong(), held(), wrong()};
  auto next = rest.begin();
  const auto told = race(c, held(), [&] { return *next++; });
  EXPECT_EQ(next, rest.end());
  EXPECT_EQ(told.stakes[0].finding.what, "it is broken (in 2 of 4 runs)");
}

TEST(Race, EndsWhereSetUpFails) {
  const auto told = race(plain_case("repeat: 4\n"), unreachable(), []() -> CaseResult { throw std::logic_error("run once more"); });
  EXPECT_TRUE(told.unreachable);
}

TEST(WasCutOff, OnlyWhereSomethingIsAmiss) {
  EXPECT_TRUE(was_cut_off(cut_off()));
  EXPECT_TRUE(was_cut_off(unreachable()));
  EXPECT_FALSE(was_cut_off(wrong())) << "no session has ended";
  auto fine = cut_off();
  fine.stakes[0].outcome = Stake::Outcome::held;
  EXPECT_FALSE(was_cut_off(fine));
  auto limited = cut_off();
  limited.limited = true;
  EXPECT_FALSE(was_cut_off(limited)) << "a limit of the server's";
}

}  // namespace
}  // namespace mailspec::suite
