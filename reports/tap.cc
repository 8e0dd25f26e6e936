#include "harness/base/text.h"
#include "reports/reports.h"

namespace mailspec::reports {

using result::Check;
using result::Verdict;

namespace {

// A description ends at the first unescaped "#"; a backslash escapes (TAP 14).
std::string described(const std::string& text) { return replace_all(replace_all(printable(text), "\\", "\\\\"), "#", "\\#"); }

// A YAML string in double quotes, on one line.
std::string yaml(const std::string& text) { return "\"" + replace_all(replace_all(printable(text), "\\", "\\\\"), "\"", "\\\"") + "\""; }

std::string block(const result::Run& run, const Check& c) {
  std::string out = "  ---\n  severity: " + std::string(name_of(c.verdict)) + "\n  message: " + yaml(c.reason) + "\n";
  if (const auto it = run.requirements.find(c.requirement); it != run.requirements.end())
    out += "  requirement: " + yaml(it->second.says) + "\n  authority: " + yaml(result::authority(run, c)) + "\n";
  if (!c.scenario.empty()) out += "  at: " + yaml("scenarios/" + c.scenario + ":" + std::to_string(c.line)) + "\n";
  if (!c.broken_in.empty()) out += "  first: " + yaml(c.broken_in[0]) + "\n";
  if (!c.wire.empty()) out += "  wire:\n";
  for (const auto& line : c.wire) out += "    - " + yaml(line) + "\n";
  if (!c.trace.empty() && !run.replay.empty()) out += "  replay: " + yaml(run.replay + c.trace) + "\n";
  return out + "  ...\n";
}

}  // namespace

std::string tap(const result::Run& run, bool strict) {
  std::string out = "TAP version 14\n1.." + std::to_string(run.checks.size() + run.troubles.size() + run.known_trouble.size()) + "\n";
  out += "# mailspec " + run.suite_version + ", target " + printable(run.target) + ", seed " + std::to_string(run.seed) + "\n";
  std::size_t n = 0;
  for (const auto& c : run.checks) {
    const bool bad = c.verdict == Verdict::fail || (strict && c.verdict == Verdict::warn);
    out += (bad ? "not ok " : "ok ") + std::to_string(++n) + " - " + described(c.id);
    if (!c.known.empty()) out += " # TODO " + described(c.known);
    else if (c.verdict == Verdict::skip) out += " # SKIP " + described(c.reason);
    else if (c.verdict == Verdict::inconclusive) out += " # SKIP inconclusive: " + described(c.reason);
    out += "\n";
    if (c.verdict == Verdict::fail || c.verdict == Verdict::warn) out += block(run, c);
  }
  for (const auto* troubles : {&run.troubles, &run.known_trouble}) {
    for (const auto& t : *troubles) out += "not ok " + std::to_string(++n) + " - trouble: " + described(t) + "\n";
  }
  if (const auto why = result::no_verdict(run); !why.empty()) out += "Bail out! " + why + "\n";
  return out;
}

}  // namespace mailspec::reports
