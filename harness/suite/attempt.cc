#include "harness/suite/attempt.h"

#include <algorithm>

#include "harness/net/haste.h"
#include "harness/suite/judge.h"

namespace mailspec::suite {

using scenario::Case;
using scenario::CaseResult;
using scenario::Stake;

namespace {

bool is_broken(const Stake& s) { return s.outcome == Stake::Outcome::broken; }

// Has a stake broken, or a standing rule found something?
bool is_bad(const CaseResult& r) { return std::ranges::any_of(r.stakes, is_broken) || !judge_in_step(r.trace).findings.empty(); }

bool serves(scenario::Stage& stage, const Case& c) { return greets(stage, c.imap()); }

void blame_nobody(CaseResult& result) {
  for (auto& stake : result.stakes) {
    if (is_broken(stake)) stake.outcome = Stake::Outcome::unreached;
  }
  result.setup_trouble = "the server no longer answers anybody";
}

}  // namespace

CaseResult race(const Case& c, CaseResult first, const std::function<CaseResult()>& next) {
  const auto is_held = [](const CaseResult& r) { return std::ranges::all_of(r.stakes, [](const Stake& s) { return s.outcome == Stake::Outcome::held; }); };
  int wrong = std::ranges::any_of(first.stakes, is_broken);
  CaseResult told = std::move(first);
  bool bad = is_bad(told);
  for (int again = 1; again < c.repeat; ++again) {
    if (!bad && !is_held(told)) return told;  // set-up failed, or the server has declined
    auto other = next();
    wrong += std::ranges::any_of(other.stakes, is_broken);
    if (bad) continue;
    bad = is_bad(other);
    told = std::move(other);
  }
  for (auto& s : told.stakes) {
    if (is_broken(s)) s.finding.what += " (in " + std::to_string(wrong) + " of " + std::to_string(c.repeat) + " runs)";
  }
  return told;
}

bool was_cut_off(const CaseResult& result) {
  if (result.limited || result.scenario_error || !result.declined.empty()) return false;
  if (result.locked_out() || !result.setup_trouble.empty()) return true;
  const auto ended = [](const oracle::Event& e) { return e.kind == oracle::Event::Kind::closed; };
  return std::ranges::any_of(result.trace.events, ended) && is_bad(result);
}

std::optional<Attempts::Tried> Attempts::attempt(const Case& c, scenario::Stage& stage, const scenario::Account& account, scenario::RunOptions& options) {
  (void)net::take_cut_short();
  const Bout bout{c, stage, account, options};
  const int resets = x_outages.resets(), outages = x_outages.outages();
  Tried out{run_served(bout)};
  // What our own reset has ended accuses nobody.
  if (!options.alone && x_outages.resets() != resets) out.result = run_served(bout);
  bool confirmed = false;
  if (!stage.transport().virtual_time() && was_cut_off(out.result)) {
    if (!serves(stage, c)) {
      const auto seen = after_outage(bout, out.result);
      confirmed = seen == Outage::its_own;
      if (seen == Outage::the_end) {
        (void)stage.take_traces();
        return {};
      }
    } else if (!options.alone && outages != x_outages.outages()) {
      (void)stage.take_traces();
      out.result = run_served(bout);
    }
  }
  if (c.repeat > 1) {
    out.result = race(c, std::move(out.result), [&] {
      ++options.seed;
      return run(bout);
    });
  }
  x_pace.count(out.result);
  if (!confirmed && (out.result.hung() || (!options.alone && out.result.harmed()))) out.flaky = confirm(bout, out.result);
  if (x_pace.too_many_hangs()) x_ending.stop("the server hung in " + std::to_string(Pace::kMostHangs) + " cases; the rest was not tried");
  if (!net::take_cut_short()) return out;
  // It was not let to its end: what it saw accuses nobody.
  (void)stage.take_traces();
  return {};
}

// Where nobody can log in, or even connect, something may be done about it.
CaseResult Attempts::run_served(const Bout& bout) {
  x_outages.tell(bout.stage);
  auto result = run(bout);
  // Set-up may have lost the server by other words than those.
  const bool lost = !result.setup_trouble.empty() && !result.limited && !result.scenario_error && result.declined.empty();
  const bool down = result.locked_out() || (lost && !bout.stage.transport().virtual_time() && !serves(bout.stage, bout.c));
  if (!down || !bout.stage.recover()) return result;
  x_outages.count_reset();
  x_outages.tell(bout.stage);
  return run(bout);
}

// The server serves nobody any longer. That accuses no case, but for the first that sent what is to do harm, or that ran alone: where the server comes
// back such a case is tried again, and where it does not, what was seen first counts.
Attempts::Outage Attempts::after_outage(const Bout& bout, CaseResult& result) {
  const bool its_own = result.setup_trouble.empty() && (bout.options.alone || bout.c.facts.attacks) && x_outages.claim_down();
  const auto seen = its_own ? Outage::its_own : Outage::the_end;
  if (!x_outages.comes_back(bout.stage, bout.c, result)) return seen;
  x_outages.mark_up();
  (void)bout.stage.take_traces();
  auto second = run_served(bout);
  if (!was_cut_off(second) || serves(bout.stage, bout.c)) {
    result = std::move(second);
    return Outage::tried_again;
  }
  (void)x_outages.comes_back(bout.stage, bout.c, second);
  return seen;
}

// A hang or a crash counts if it comes again while no other case is in flight, whose input might be to blame. Where the server serves nobody any longer
// the first that has brought it there keeps its verdict. True if it did not come again.
bool Attempts::confirm(const Bout& bout, CaseResult& result) {
  const Turnstile::Alone alone(x_turnstile);
  auto options = bout.options;
  options.patience = Pace::second(options.patience);
  const Bout again{bout.c, bout.stage, bout.account, options};
  auto second = run_served(again);
  if (serves(bout.stage, bout.c)) {
    x_outages.mark_up();
    if (second.hung() || second.harmed()) return false;
    result = std::move(second);
    return true;
  }
  const bool may_have = options.alone || bout.c.facts.attacks;
  const bool accused = may_have && x_outages.claim_down();
  if (!accused) blame_nobody(result);
  if (!x_outages.comes_back(bout.stage, bout.c, second)) return false;
  x_outages.mark_up();
  if (!accused) result = run_served(again);
  return false;
}

}  // namespace mailspec::suite
