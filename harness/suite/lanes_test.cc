#include "harness/suite/lanes.h"

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "harness/suite/scripted_stage_test.h"

namespace mailspec::suite {
namespace {

using scenario::Account;

const std::string kImap = "title: x\nstate: authenticated\n\n@rfc9051/6.1.2/noop\n";

class LanesTest : public testing::Test {
 protected:
  std::size_t add(scenario::Case c) {
    x_owned.push_back(std::make_unique<scenario::Case>(std::move(c)));
    x_cases.push_back(x_owned.back().get());
    return x_cases.size() - 1;
  }
  std::vector<Wave> waves(int jobs) const { return make_waves(x_cases, x_plan, {{"a", ""}, {"b", ""}}, {jobs, 2}); }

  std::vector<std::unique_ptr<scenario::Case>> x_owned;
  Cases x_cases;
  Plan x_plan;
};

// What the lanes of a kind may take, in order.
std::vector<Queue> of(const Wave& wave, const Lane& lane) {
  std::vector<Queue> out;
  for (const auto& worker : wave.workers) {
    if (worker.lane != lane) continue;
    for (const auto q : worker.queues) out.push_back(wave.queues[q]);
  }
  return out;
}

std::size_t count(const Wave& wave, Lane::Kind kind) {
  return static_cast<std::size_t>(std::ranges::count_if(wave.workers, [&](const auto& w) { return w.lane.kind == kind; }));
}

TEST_F(LanesTest, OneJobKeepsThePlansOrder) {
  x_plan.leased = {2};
  x_plan.free = {0};
  x_plan.imap = {1};
  x_plan.refused = {3};
  const auto out = waves(1);
  ASSERT_EQ(out.size(), 1u);
  ASSERT_EQ(out[0].workers.size(), 1u);
  EXPECT_EQ(out[0].workers[0].account.name, "a");
  EXPECT_EQ(out[0].queues[0], (Queue{{2}, {0}, {1}, {3}}));
}

TEST_F(LanesTest, EachAccountIsLeasedToOneLane) {
  const auto out = waves(0);
  EXPECT_EQ(count(out[0], Lane::Kind::account), 2u);
  EXPECT_EQ(count(out[0], Lane::Kind::sharing), 0u);
  EXPECT_EQ(count(out[0], Lane::Kind::role), 2u) << "one for each account of wrong passwords";
  EXPECT_EQ(count(out[0], Lane::Kind::free), 6u);
  EXPECT_EQ(out[0].workers[1].account.name, "b");
}

TEST_F(LanesTest, BlocksHaveTheSameMessagesAndAnEnd) {
  const auto some = [](const std::string& messages) { return plain_case("messages: " + messages + "\n"); };
  for (int i = 0; i < 8; ++i) x_plan.leased.push_back(add(some("one.eml")));
  x_plan.leased.push_back(add(some("two.eml")));
  EXPECT_EQ(of(waves(2)[0], {Lane::Kind::account, 0})[0], (Queue{{0, 1, 2, 3, 4, 5}, {6, 7}, {8}}));
}

TEST_F(LanesTest, WhatKeepsToItselfSharesAccountsWhereThereAreMoreJobs) {
  x_plan.imap = {add(parse_case("imap/own.imap", kImap + "C: a1 SELECT {box}\nS: a1 OK\n")),
                 add(parse_case("imap/inbox.imap", kImap + "C: a1 SELECT INBOX\nS: a1 OK\n"))};
  const auto few = waves(2), many = waves(3);
  EXPECT_EQ(of(few[0], {Lane::Kind::account, 1})[1], (Queue{{0}, {1}}));
  EXPECT_EQ(of(many[0], {Lane::Kind::account, 1})[1], (Queue{{1}}));
  EXPECT_EQ(of(many[0], {Lane::Kind::sharing, 0}), (std::vector<Queue>{{{0}}}));
}

TEST_F(LanesTest, RefusedLoginsComeLastAndThoseThatLogInFirstOfThem) {
  x_plan.refused = {add(plain_case()),
                    add(parse_case("pop3/in.pop3", "title: x\nstate: authorization\n\nlogin 1\n@rfc1939/5/noop-positive\nC: NOOP\nS: +OK\n"))};
  const auto out = waves(2);
  ASSERT_EQ(out.size(), 3u);
  EXPECT_EQ(of(out[1], {Lane::Kind::refused, 0}), (std::vector<Queue>{{{1}}}));
  EXPECT_EQ(count(out[1], Lane::Kind::refused), 1u);
  EXPECT_EQ(of(out[2], {Lane::Kind::refused, 6}), (std::vector<Queue>{{{0}}}));
  EXPECT_EQ(out[2].workers[0].account.name, "b");
}

TEST(Lane, NoTwoAreCalledTheSame) {
  std::set<std::string> names;
  using enum Lane::Kind;
  for (const auto kind : {account, sharing, role, free, refused}) {
    for (const int number : {0, 1, 11}) names.insert(Lane{kind, number}.name());
  }
  EXPECT_EQ(names.size(), 15u);
}

TEST(RunWave, EachCaseIsRunOnce) {
  Wave wave;
  wave.queues = {{{0, 1}, {2}}, {{3}, {4}, {5}}};
  for (int n = 0; n < 3; ++n) wave.workers.push_back({{Lane::Kind::account, n}, {}, {0, 1}});
  wave.workers.push_back({{Lane::Kind::free, 0}, {}, {1}});
  std::array<std::atomic<int>, 6> runs{};
  run_wave(wave, [](const Lane&) { return std::make_unique<ScriptedStage>(); }, [&](auto&, const auto&, std::size_t i) { ++runs[i]; });
  EXPECT_TRUE(std::ranges::all_of(runs, [](const auto& n) { return n == 1; }));
}

TEST(RunWave, WhoIsAloneHasTheCallersThreadAndAStageOnlyForWork) {
  Wave wave;
  wave.workers.push_back({{}, {}, {0}});
  wave.queues = {{}};
  int stages = 0;
  std::thread::id thread;
  const auto make = [&](const Lane&) { return ++stages, std::make_unique<ScriptedStage>(); };
  const auto perform = [&](auto&, const auto&, std::size_t) { thread = std::this_thread::get_id(); };
  run_wave(wave, make, perform);
  EXPECT_EQ(stages, 0);
  wave.queues = {{{7}, {8}}};
  run_wave(wave, make, perform);
  EXPECT_EQ(stages, 1);
  EXPECT_EQ(thread, std::this_thread::get_id());
}

}  // namespace
}  // namespace mailspec::suite
