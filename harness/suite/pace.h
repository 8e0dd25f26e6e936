// How long the server is waited for: less where much has been waited for in vain, never less than it has been seen to need.
#pragma once

#include <mutex>

#include "harness/scenario/runner.h"

namespace mailspec::suite {

// May be used from all lanes at once.
class Pace {
 public:
  static constexpr int kMostHangs = 40;  // after so many a run is given up

  // `full` holds for a server that has kept nobody waiting.
  explicit Pace(scenario::Patience full) : x_full(full) {}

  // For a case that is to begin. `attacks`: it sends what is to do harm.
  scenario::Patience patience(bool attacks) const;
  // For the second try of a case: the answer to a login is not waited for as long again.
  static scenario::Patience second(scenario::Patience first);
  // For what is sent again and again because the server hangs at it.
  scenario::Patience smaller(scenario::Patience first) const;

  // What a case has waited for in vain: limits, and responses.
  void count(const scenario::CaseResult& result);
  // How long the slowest response has taken so far.
  void learn(const oracle::Trace& trace);
  bool too_many_hangs() const;

 private:
  const scenario::Patience x_full;
  mutable std::mutex x_mutex;
  int x_hangs = 0, x_limited = 0;
  double x_slowest = 0;  // seconds
};

}  // namespace mailspec::suite
