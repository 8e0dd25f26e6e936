#include "harness/suite/verdicts.h"

#include <algorithm>

#include "harness/suite/breach.h"

namespace mailspec::suite {

using result::Check;
using result::Verdict;
using scenario::Case;
using scenario::Stake;

namespace {

// The checks of one case, at the end of the run's.
class CaseChecks {
 public:
  CaseChecks(const Case& c, result::Run& run) : x_case(c), x_run(run), x_first(run.checks.size()) {}

  // The check of a requirement; a new one passes.
  Check& of(const std::string& id, int line) {
    const std::string name = id + "@" + x_case.name();
    for (std::size_t k = x_first; k < x_run.checks.size(); ++k) {
      if (x_run.checks[k].id == name) return x_run.checks[k];
    }
    Check check;
    check.id = name;
    check.requirement = id;
    check.scenario = x_case.path;
    check.row = x_case.row;
    check.line = line;
    check.needs = x_case.requires_;
    check.verdict = Verdict::pass;
    x_run.checks.push_back(std::move(check));
    return x_run.checks.back();
  }

  // The checks of a case share its time.
  void share(double seconds) {
    for (auto k = x_first; k < x_run.checks.size(); ++k) x_run.checks[k].seconds = seconds / static_cast<double>(x_run.checks.size() - x_first);
  }

 private:
  const Case& x_case;
  result::Run& x_run;
  std::size_t x_first;
};

// All checks of a case that was not run.
void add_unjudged(const Case& c, CaseChecks& checks, Verdict verdict, const std::string& reason) {
  for (const auto& step : c.steps) {
    for (const auto& id : step.ids()) {
      auto& check = checks.of(id, step.line);
      check.verdict = verdict;
      check.reason = reason;
      check.follows = verdict == Verdict::inconclusive;
    }
  }
}

void tell_broken(Check& check, const Stake& stake, const Kept& kept, Verdict verdict) {
  check.verdict = verdict;
  check.kind = kind_name(stake.finding.kind);
  check.reason = stake.finding.what;
  check.line = stake.line;
  check.wire = kept.wire;
  check.nearest = stake.nearest;
  check.trace = kept.trace.value_or("");
  if (kept.basis) add_basis(check, *kept.basis);
}

// `cause`: the last broken stake before it; nullptr if there is none.
void tell_unreached(Check& check, const Kept& kept, const Stake* cause) {
  if (kept.declined) {
    check.verdict = Verdict::skip;
    check.reason = *kept.declined;
    return;
  }
  check.verdict = Verdict::inconclusive;
  check.follows = cause != nullptr;
  check.reason = cause ? "follows from the failure of " + cause->ids[0] + " above it" : kept.setup_trouble;
}

void tell_flaky(Check& check) {
  check.verdict = Verdict::inconclusive;
  check.reason = "flaky: it timed out once and passed at the second try";
}

void add_kept(const Case& c, const Kept& kept, const oracle::Catalogue& catalogue, CaseChecks& checks) {
  const Stake* cause = nullptr;
  for (const auto& stake : kept.stakes) {
    const bool held = stake.outcome == Stake::Outcome::held, broken = stake.outcome == Stake::Outcome::broken;
    for (const auto& id : stake.ids) {
      auto& check = checks.of(id, stake.line);
      if (held || check.verdict == Verdict::fail || check.verdict == Verdict::warn) continue;
      if (broken) tell_broken(check, stake, kept, verdict_of_breach(catalogue, id, c.revision));
      else tell_unreached(check, kept, cause);
    }
    for (const auto& id : stake.ids) {
      if (held && kept.flaky) tell_flaky(checks.of(id, stake.line));
    }
    if (broken) cause = &stake;
  }
  checks.share(kept.seconds);
}

const char* why_abandoned(const result::Run& run) {
  if (run.interrupted) return "the run was interrupted";
  return run.unreachable ? "the server had stopped serving" : "the run ended before it";
}

}  // namespace

void add_checks(const Case& c, const Judged& judged, const oracle::Catalogue& catalogue, result::Run& run) {
  CaseChecks checks(c, run);
  if (std::holds_alternative<Abandoned>(judged)) add_unjudged(c, checks, Verdict::inconclusive, why_abandoned(run));
  if (const auto* skipped = std::get_if<Skipped>(&judged)) add_unjudged(c, checks, Verdict::skip, skipped->why);
  const auto* kept = std::get_if<Kept>(&judged);
  if (!kept) return;
  for (const auto& [name, value] : kept->observations) run.observations.push_back({name, value, c.name()});
  if (kept->scenario_error) run.broken = true, run.troubles.push_back(kept->setup_trouble);
  add_kept(c, *kept, catalogue, checks);
}

}  // namespace mailspec::suite
