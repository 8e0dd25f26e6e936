#include "harness/suite/standing.h"

#include <algorithm>

#include "harness/oracle/standing_rules.h"
#include "harness/scenario/runner.h"
#include "harness/suite/breach.h"

namespace mailspec::suite {

std::vector<std::string> rule_requirements() {
  std::vector<std::string> out;
  for (const auto& rule : oracle::all_rules()) {
    for (auto& id : rule->requirements()) out.push_back(std::move(id));
  }
  std::ranges::sort(out);
  return out;
}

std::vector<std::string> Standing::absorb(const oracle::Trace& trace, const oracle::Judgement& judgement, const std::string& name,
                                          const std::optional<std::string>& file) {
  const std::scoped_lock lock(x_mutex);
  std::vector<std::string> fresh;
  for (const auto& id : judgement.exercised) x_records.try_emplace(id);
  for (const auto& f : judgement.findings) {
    auto& r = x_records[f.requirement];
    r.fails = r.fails || verdict_of_breach(x_catalogue, f.requirement, trace.revision) == result::Verdict::fail;
    if (r.broken_in.empty()) {
      fresh.push_back(f.requirement);
      r.first = f;
      r.wire = scenario::wire_excerpt(trace, f);
      r.trace = file;
    }
    if (std::ranges::find(r.broken_in, name) == r.broken_in.end()) r.broken_in.push_back(name);
  }
  return fresh;
}

std::optional<result::Check> Standing::check(const std::string& requirement) const {
  const std::scoped_lock lock(x_mutex);
  const auto it = x_records.find(requirement);
  if (it == x_records.end()) return {};
  const auto& r = it->second;
  const bool held = r.broken_in.empty();
  // Every run is judged by all of them: what was not asked about is told if it is broken.
  if (held && x_asked && std::ranges::find(*x_asked, requirement) == x_asked->end()) return {};
  result::Check check;
  check.id = check.requirement = requirement;
  check.verdict = held ? result::Verdict::pass : r.fails ? result::Verdict::fail : result::Verdict::warn;
  if (held) return check;
  check.broken_in = r.broken_in;
  std::ranges::sort(check.broken_in);
  check.kind = kind_name(r.first.kind);
  check.reason = r.first.what;
  check.wire = r.wire;
  check.trace = r.trace.value_or("");
  add_basis(check, {});
  return check;
}

}  // namespace mailspec::suite
