#include "harness/suite/suite.h"

#include <algorithm>
#include <chrono>
#include <mutex>

#include "harness/result/causes.h"
#include "harness/suite/attempt.h"
#include "harness/suite/ending.h"
#include "harness/suite/evidence.h"
#include "harness/suite/judge.h"
#include "harness/suite/minimise.h"
#include "harness/suite/outages.h"
#include "harness/suite/pace.h"
#include "harness/suite/standing.h"
#include "harness/suite/turnstile.h"
#include "harness/suite/verdicts.h"

namespace mailspec::suite {

using scenario::Case;
using scenario::Stake;

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point began) { return std::chrono::duration<double>(Clock::now() - began).count(); }

class Suite {
 public:
  Suite(const Library& library, const Cases& cases, const scenario::Offer& offer, const Options& options)
      : x_library(library),
        x_cases(cases),
        x_offer(offer),
        x_options(options),
        x_plan(make_plan(cases, offer, options.plan)),
        x_ending(options.interrupt),
        x_pace(options.patience),
        x_evidence(options.trace_directory, x_ending),
        x_standing(library.catalogue, options.rules_asked) {}

  result::Run run(const std::vector<scenario::Account>& accounts, const StageMaker& make_stage) {
    const auto began = Clock::now();
    for (const auto& trace : x_options.probe_traces) x_standing.absorb(trace, judge_in_step(trace), kSetUp);
    if (x_options.watch) x_options.watch->planned(x_plan.size());
    for (const auto& wave : make_waves(x_cases, x_plan, accounts, x_options.lanes))
      run_wave(wave, make_stage, [this](scenario::Stage& stage, const scenario::Account& account, std::size_t i) { perform(stage, account, i); });
    auto run = assemble();
    run.seconds = seconds_since(began);
    return run;
  }

 private:
  static constexpr const char* kSetUp = "(set-up)";

  void perform(scenario::Stage& stage, const scenario::Account& account, std::size_t i) {
    if (x_ending.stopped()) return;
    const auto& c = *x_cases[i];
    auto options = options_for(c);
    if (x_options.watch) {
      const std::scoped_lock lock(x_mutex);
      x_options.watch->begins(c.name());
    }
    const Turnstile::Inside inside(x_turnstile);
    const auto began = Clock::now();
    auto tried = x_attempts.attempt(c, stage, account, options);
    if (!tried) return;
    absorb_set_up(stage);
    x_pace.learn(tried->result.trace);
    if (x_options.finds_smaller && !x_ending.given_up()) x_minimiser.search(c, stage, account, options, tried->result);
    finish(i, *tried, seconds_since(began));
  }

  scenario::RunOptions options_for(const Case& c) {
    scenario::RunOptions out;
    out.segmentation = x_options.segmentation;
    out.seed = x_options.seed;
    out.patience = x_pace.patience(c.facts.attacks);
    out.alone = x_options.lanes.jobs == 1;
    out.fixture = [this](const std::string& name) { return x_library.fixture(name); };
    if (auto* watch = x_options.watch; watch && watch->wants_wire()) out.watcher = [watch, name = c.name()](const oracle::Event& e) { watch->said(name, e); };
    return out;
  }

  void absorb_set_up(scenario::Stage& stage) {
    for (const auto& trace : stage.take_traces()) {
      auto judgement = judge_in_step(trace);
      // What our own reset has ended accuses nobody, however late it is found; nor what an outage has.
      if (x_outages.resets() + x_outages.outages() > 0)
        std::erase_if(judgement.findings, [](const oracle::Finding& f) { return f.requirement == "rfc9051/3.4/bye-before-close"; });
      x_standing.absorb(trace, judgement, kSetUp);
    }
  }

  // Judges the trace and keeps only what reports need of it.
  void finish(std::size_t i, const Attempts::Tried& tried, double seconds) {
    const auto& c = *x_cases[i];
    const auto& result = tried.result;
    const auto judgement = judge(c, result, x_library.catalogue);
    const bool broken = !judgement.findings.empty() || std::ranges::any_of(result.stakes, [](const Stake& s) { return s.outcome == Stake::Outcome::broken; });
    auto kept = keep(c, result, judgement, x_library.catalogue);
    if (broken || x_options.keep_traces) kept.trace = x_evidence.trace(c, result.trace, judgement.findings);
    kept.flaky = tried.flaky;
    kept.seconds = seconds;
    const auto fresh = x_standing.absorb(result.trace, judgement, c.name(), kept.trace);
    const std::scoped_lock lock(x_mutex);
    x_plan.judged[i] = std::move(kept);
    if (!x_options.watch) return;
    result::Run so_far;
    add_checks(c, x_plan.judged[i], x_library.catalogue, so_far);
    add_standing(fresh, so_far);
    x_options.watch->ends(c.name(), so_far.checks);
  }

  void add_standing(const std::vector<std::string>& requirements, result::Run& run) const {
    for (const auto& id : requirements) {
      if (auto check = x_standing.check(id)) run.checks.push_back(std::move(*check));
    }
  }

  result::Run assemble() const {
    result::Run run;
    run.seed = x_options.seed;
    run.segmentation = scenario::name_of(x_options.segmentation);
    run.offered = x_offer.tags();
    run.server = x_offer.greeting();
    run.troubles = x_ending.troubles();
    run.unreachable = x_outages.lost();
    run.interrupted = x_ending.interrupted();
    for (std::size_t i = 0; i < x_cases.size(); ++i) add_checks(*x_cases[i], x_plan.judged[i], x_library.catalogue, run);
    add_standing(rule_requirements(), run);
    std::ranges::sort(run.checks, {}, &result::Check::id);
    result::find_causes(run, x_library.catalogue);
    return run;
  }

  const Library& x_library;
  const Cases& x_cases;
  const scenario::Offer& x_offer;
  const Options& x_options;
  Plan x_plan;
  std::mutex x_mutex;  // of the watch
  Ending x_ending;
  Pace x_pace;
  Turnstile x_turnstile;
  Outages x_outages{x_ending};
  Attempts x_attempts{x_turnstile, x_pace, x_outages, x_ending};
  Evidence x_evidence;
  Minimiser x_minimiser{x_pace, x_ending, x_evidence};
  Standing x_standing;
};

}  // namespace

result::Run run(const Library& library, const Cases& cases, const scenario::Offer& offer, const std::vector<scenario::Account>& accounts,
                const StageMaker& make_stage, const Options& options) {
  return Suite(library, cases, offer, options).run(accounts, make_stage);
}

}  // namespace mailspec::suite
