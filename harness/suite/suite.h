// Runs many cases and makes one result of them: plan, lanes, attempts, standing rules, verdicts.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "harness/result/result.h"
#include "harness/scenario/runner.h"
#include "harness/suite/lanes.h"
#include "harness/suite/library.h"
#include "harness/suite/plan.h"

namespace mailspec::suite {

// Is told what a run does while it goes on. Calls come from the run's workers, one at a time; `said` from many at once.
class Watch {
 public:
  virtual ~Watch() = default;
  virtual void planned(std::size_t /*cases*/) {}
  virtual void begins(const std::string& /*name*/) {}
  // The checks of the case, and of the standing rules that it was the first to break.
  virtual void ends(const std::string& /*name*/, const std::vector<result::Check>& /*checks*/) {}
  virtual bool wants_wire() const { return false; }
  virtual void said(const std::string& /*name*/, const oracle::Event& /*event*/) {}
};

struct Options {
  PlanOptions plan;
  LaneOptions lanes;
  std::uint64_t seed = 1;
  scenario::Segmentation segmentation = scenario::Segmentation::line;
  scenario::Patience patience;
  bool keep_traces = false;                             // for all cases, not only for what failed
  std::string trace_directory;                          // "": keep none
  bool finds_smaller = false;                           // of the first input that brings on a hang, an end or a crash, the smallest part that does so
  std::optional<std::vector<std::string>> rules_asked;  // of standing rules that hold only these are told; what is broken is told always
  Watch* watch = nullptr;
  std::vector<oracle::Trace> probe_traces;  // what was said before the run, judged with it
  const std::atomic<bool>* interrupt = nullptr;
};

// `accounts` are leased one to a lane. Cases that need none run in lanes of their own when the stage is real.
result::Run run(const Library& library, const Cases& cases, const scenario::Offer& offer, const std::vector<scenario::Account>& accounts,
                const StageMaker& make_stage, const Options& options);

}  // namespace mailspec::suite
