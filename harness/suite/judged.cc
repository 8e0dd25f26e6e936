#include "harness/suite/judged.h"

#include <algorithm>

#include "harness/oracle/footing.h"
#include "harness/suite/breach.h"
#include "harness/suite/judge.h"

namespace mailspec::suite {

using oracle::Finding;
using result::Verdict;
using scenario::Case;
using scenario::Stake;

namespace {

// What is needed to find out, when the run is assembled, whether the stake follows from something else.
result::Basis basis_of(const Stake& stake, const Case& c, const oracle::Trace& trace, const oracle::Judgement& judgement, const oracle::Catalogue& catalogue) {
  result::Basis out;
  out.footing = oracle::footing_of(trace, stake.finding.event, stake.item, !c.messages.empty());
  const auto last = stake.finding.event;
  const int n = last < trace.events.size() ? trace.events[last].connection : 0;
  // The exchange: from the last command sent on this connection.
  std::size_t first = last;
  while (first > 0 && !(trace.events[first].connection == n && trace.events[first].kind == oracle::Event::Kind::sent)) --first;
  const bool fails = std::ranges::any_of(stake.ids, [&](const auto& id) { return verdict_of_breach(catalogue, id, c.revision) == Verdict::fail; });
  bool itself = false;
  for (const auto& f : judgement.findings) {
    out.rules_in_case.insert(f.requirement);
    const bool here = f.event >= first && f.event <= last && f.event < trace.events.size() && trace.events[f.event].connection == n;
    // A warning accounts for no failure.
    const bool outweighs = !fails || verdict_of_breach(catalogue, f.requirement, c.revision) == Verdict::fail;
    const bool own = std::ranges::find(stake.ids, f.requirement) != stake.ids.end();
    itself = itself || (here && own);
    if (here && outweighs && !own) out.rules_here.push_back(f.requirement);
  }
  // Where a rule has found the very sentence broken, no other accounts for it.
  if (itself) out.rules_here.clear();
  return out;
}

// A command that is never answered to its end breaks more than a sentence that is in doubt, or a should.
std::optional<Finding> never_answered(const Stake& stake, const Case& c, const oracle::Trace& trace, const oracle::Judgement& judgement,
                                      const oracle::Catalogue& catalogue) {
  const auto at = stake.finding.event;
  if (std::ranges::find(judgement.findings, at, &Finding::event) != judgement.findings.end()) return {};  // a rule has said what is wrong there
  if (stake.outcome != Stake::Outcome::broken || at >= trace.events.size() || trace.events[at].kind != oracle::Event::Kind::hang) return {};
  // Silence lets nobody at what is another's.
  const auto says_more = [&](const auto& id) {
    return !id.starts_with("security/isolation/") && verdict_of_breach(catalogue, id, c.revision) == Verdict::fail;
  };
  if (std::ranges::any_of(stake.ids, says_more)) return {};
  const bool imap = trace.events[at].imap;
  return Finding{imap ? "rfc9051/2.2.2/tagged-once" : "rfc1939/3/one-response-per-command", stake.finding.what, at, 0, false, Finding::Kind::hang};
}

}  // namespace

oracle::Judgement judge(const Case& c, const scenario::CaseResult& result, const oracle::Catalogue& catalogue) {
  auto judgement = judge_in_step(result.trace);
  for (const auto& stake : result.stakes) {
    if (auto finding = never_answered(stake, c, result.trace, judgement, catalogue)) judgement.findings.push_back(std::move(*finding));
  }
  return judgement;
}

Kept keep(const Case& c, const scenario::CaseResult& result, const oracle::Judgement& judgement, const oracle::Catalogue& catalogue) {
  Kept kept;
  kept.stakes = result.stakes;
  kept.observations = result.observations;
  kept.setup_trouble = result.setup_trouble;
  if (!result.declined.empty()) kept.declined = result.declined;
  kept.scenario_error = result.scenario_error;
  for (const auto& stake : result.stakes) {
    if (stake.outcome != Stake::Outcome::broken) continue;
    kept.wire = scenario::wire_excerpt(result.trace, stake.finding);
    kept.basis = basis_of(stake, c, result.trace, judgement, catalogue);
  }
  return kept;
}

}  // namespace mailspec::suite
