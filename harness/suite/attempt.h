// One case put to the server until what it gave can be relied on: second tries, races, and what accuses nobody.
#pragma once

#include <functional>
#include <optional>

#include "harness/scenario/runner.h"
#include "harness/suite/ending.h"
#include "harness/suite/outages.h"
#include "harness/suite/pace.h"
#include "harness/suite/run_case.h"
#include "harness/suite/turnstile.h"

namespace mailspec::suite {

// A case with `repeat` is run so many times, by `next` after the `first`. The first run that goes wrong is told of, and how many did.
scenario::CaseResult race(const scenario::Case& c, scenario::CaseResult first, const std::function<scenario::CaseResult()>& next);

// Has a session of the case, or of its set-up, come to an end that may be the server's own?
bool was_cut_off(const scenario::CaseResult& result);

class Attempts {
 public:
  // All of them outlive this; the lanes share them.
  Attempts(Turnstile& turnstile, Pace& pace, Outages& outages, Ending& ending, RunCase run = scenario::run_case)
      : x_turnstile(turnstile), x_pace(pace), x_outages(outages), x_ending(ending), x_run(std::move(run)) {}

  struct Tried {
    scenario::CaseResult result;
    bool flaky = false;  // it hung, and passed at the second try
  };

  // The caller is inside the turnstile. Nothing if the case was abandoned: the server was lost, or it was cut short. `options.seed` is then that of the last
  // run of a race.
  std::optional<Tried> attempt(const scenario::Case& c, scenario::Stage& stage, const scenario::Account& account, scenario::RunOptions& options);

 private:
  // Who puts which case to which server.
  struct Bout {
    const scenario::Case& c;
    scenario::Stage& stage;
    const scenario::Account& account;
    scenario::RunOptions& options;
  };
  // Where the server served nobody any longer, for a while or for good.
  enum class Outage { its_own, tried_again, the_end };

  scenario::CaseResult run(const Bout& bout) const { return x_run(bout.c, bout.stage, bout.account, bout.options); }
  scenario::CaseResult run_served(const Bout& bout);
  Outage after_outage(const Bout& bout, scenario::CaseResult& result);
  bool confirm(const Bout& bout, scenario::CaseResult& result);

  Turnstile& x_turnstile;
  Pace& x_pace;
  Outages& x_outages;
  Ending& x_ending;
  RunCase x_run;
};

}  // namespace mailspec::suite
