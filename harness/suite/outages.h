// Whether the server still serves anybody, and what is done where it does not. May be used from all lanes at once.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "harness/scenario/runner.h"
#include "harness/suite/ending.h"

namespace mailspec::suite {

// Is a fresh connection greeted? Where it is not, what has come, or has not, says nothing about a case.
bool greets(scenario::Stage& stage, bool imap, double seconds = 10);

// The machine's clock; tests have one of their own.
struct WallClock {
  using Time = std::chrono::steady_clock::time_point;
  std::function<Time()> now;
  std::function<void(std::chrono::milliseconds)> sleep;
  static WallClock real();
};

class Outages {
 public:
  static constexpr std::chrono::seconds kComesBack{90};  // for a server that no longer serves to be started anew

  explicit Outages(Ending& ending, WallClock clock = WallClock::real()) : x_ending(ending), x_clock(std::move(clock)) {}

  // Waits for a server that serves nobody to be started anew, and ends the run if it is not. All cases in flight wait for the same. False at once in
  // virtual time.
  bool comes_back(scenario::Stage& stage, const scenario::Case& c, const scenario::CaseResult& result);
  // Who has brought the server down? True for the first that says so, until it serves again.
  bool claim_down() { return !x_down.exchange(true); }
  void mark_up() { x_down = false; }

  // Something was done about a server that let nobody in: Stage::recover.
  void count_reset() { ++x_resets; }
  // Each lane has prepared things of its own: tells a stage of what has been since it was told last.
  void tell(scenario::Stage& stage);

  int resets() const { return x_resets; }
  int outages() const { return x_outages; }
  bool lost() const { return x_lost; }  // it did not come back

 private:
  Ending& x_ending;
  WallClock x_clock;
  std::atomic<int> x_resets{0}, x_outages{0};
  std::atomic<bool> x_down{false}, x_lost{false};
  std::mutex x_waits;                     // for the server to come back
  std::optional<WallClock::Time> x_back;  // when it last did
  std::mutex x_telling;
  std::map<scenario::Stage*, int> x_told;  // of resets and outages
};

}  // namespace mailspec::suite
