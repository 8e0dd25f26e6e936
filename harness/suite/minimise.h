// The search for a smaller input that does the same harm, at the server that was harmed.
#pragma once

#include <array>
#include <atomic>

#include "harness/suite/ending.h"
#include "harness/suite/evidence.h"
#include "harness/suite/pace.h"
#include "harness/suite/run_case.h"

namespace mailspec::suite {

// May be used from all lanes at once.
class Minimiser {
 public:
  // All of them outlive this.
  Minimiser(const Pace& pace, const Ending& ending, const Evidence& evidence, RunCase run = scenario::run_case)
      : x_pace(pace), x_ending(ending), x_evidence(evidence), x_run(std::move(run)) {}

  // The first input of a case with `survives` that brings on a hang, an end or a crash is sent again, smaller and smaller: what is left of it tells more,
  // and is kept beside the trace. The finding of the result then says so. Of each kind of harm one is found, and few are looked for; a search ends after
  // 30 s or 400 tries.
  void search(const scenario::Case& c, scenario::Stage& stage, const scenario::Account& account, const scenario::RunOptions& options,
              scenario::CaseResult& result);

 private:
  const Pace& x_pace;
  const Ending& x_ending;
  const Evidence& x_evidence;
  RunCase x_run;
  std::array<std::atomic<int>, 4> x_sought{};  // by kind of finding
};

}  // namespace mailspec::suite
