#include "harness/suite/cuts.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace mailspec::suite {

using result::Check;
using result::Verdict;

namespace {

constexpr const char* kAnyCutImap = "rfc9051/2.2/any-cut";
constexpr const char* kAnyCutPop3 = "rfc1939/3/command-ends-at-crlf";

// What the cut by lines has given, and in what another cut differs from it.
class Comparison {
 public:
  explicit Comparison(const result::Run& by_lines) {
    for (const auto& c : by_lines.checks) {
      if (!c.scenario.empty()) x_before[c.id] = c.verdict;
    }
  }

  bool differs(const Check& c) const {
    const auto it = x_before.find(c.id);
    if (it == x_before.end() || it->second == c.verdict || c.follows) return false;
    // Where set-up worked with whole lines and fails otherwise, that is a difference, too.
    return it->second != Verdict::inconclusive && it->second != Verdict::skip && c.verdict != Verdict::skip;
  }

  // The cases of the scenarios in which something differs.
  Cases to_try_again(const result::Run& other, const Cases& cases) const {
    std::set<std::string> scenarios;
    for (const auto& c : other.checks) {
      if (differs(c)) scenarios.insert(c.scenario);
    }
    Cases out;
    std::ranges::copy_if(cases, std::back_inserter(out), [&](const auto* c) { return scenarios.contains(c->path); });
    return out;
  }

  void note(Check& check, const Check& c, scenario::Segmentation cut) const {
    if (check.broken_in.empty()) {
      check.verdict = Verdict::fail;
      check.kind = "wrong";
      check.reason = std::string("cut by '") + scenario::name_of(cut) + "' " + c.id + " is " + name_of(c.verdict) + ", cut by 'line' " +
                     name_of(x_before.at(c.id)) + (c.reason.empty() ? "" : ": " + c.reason);
      check.wire = c.wire;
      check.trace = c.trace;
    }
    check.broken_in.push_back(std::string(scenario::name_of(cut)) + ": " + c.id);
  }

 private:
  std::map<std::string, Verdict> x_before;  // by check
};

}  // namespace

void try_every_cut(result::Run& run, const Cases& cases, const RunCut& run_cut) {
  const Comparison comparison(run);
  std::map<std::string, Check> found;  // by requirement
  for (const auto* id : {kAnyCutImap, kAnyCutPop3}) {
    auto& check = found[id];
    check.id = check.requirement = id;
    check.verdict = Verdict::pass;
  }
  for (const auto cut : {scenario::Segmentation::octet, scenario::Segmentation::whole, scenario::Segmentation::random}) {
    auto other = run_cut(cut, cases);
    if (const auto again = comparison.to_try_again(other, cases); !again.empty()) other = run_cut(cut, again);
    for (const auto& c : other.checks) {
      if (!c.scenario.empty() && comparison.differs(c)) comparison.note(found[c.scenario.starts_with("pop3/") ? kAnyCutPop3 : kAnyCutImap], c, cut);
    }
  }
  for (auto& [id, check] : found) {
    const bool exercised = std::ranges::any_of(run.checks, [&](const auto& c) { return c.scenario.starts_with(id == kAnyCutPop3 ? "pop3/" : "imap/"); });
    if (exercised) run.checks.push_back(std::move(check));
  }
  std::ranges::sort(run.checks, {}, &Check::id);
}

}  // namespace mailspec::suite
