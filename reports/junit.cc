#include <cstdio>

#include "harness/base/text.h"
#include "reports/reports.h"

namespace mailspec::reports {

using result::Check;
using result::Verdict;

namespace {

enum class Outcome { passed, failed, error, skipped };

Outcome outcome_of(const Check& c, bool strict) {
  if (!c.known.empty()) return Outcome::skipped;
  switch (c.verdict) {
    case Verdict::pass: return Outcome::passed;
    case Verdict::fail: return Outcome::failed;
    case Verdict::warn: return strict ? Outcome::failed : Outcome::passed;
    case Verdict::skip:
    case Verdict::inconclusive: return Outcome::skipped;
  }
  return Outcome::error;
}

std::string seconds_of(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", seconds);
  return text;
}

std::string details(const result::Run& run, const Check& c) {
  std::string out;
  if (const auto it = run.requirements.find(c.requirement); it != run.requirements.end()) out += it->second.says + " (" + result::authority(run, c) + ")\n";
  out += c.reason + "\n";
  // No file and line attributes: they would point into the sources of whoever reads the report.
  if (!c.scenario.empty()) out += "scenarios/" + c.scenario + ":" + std::to_string(c.line) + "\n";
  for (const auto& line : c.wire) out += line + "\n";
  if (!c.trace.empty()) out += (run.replay.empty() ? "trace: " : "replay: " + run.replay) + c.trace + "\n";
  return out;
}

}  // namespace

std::string junit(const result::Run& run, bool strict) {
  std::size_t counts[4] = {};
  std::string cases;
  for (const auto& c : run.checks) {
    const auto outcome = outcome_of(c, strict);
    ++counts[static_cast<int>(outcome)];
    cases += "    <testcase classname=\"" + xml_escape(replace_all(c.requirement, "/", ".")) + "\" name=\"" + xml_escape(c.id) + "\" time=\"" +
             seconds_of(c.seconds) + "\"";
    if (outcome == Outcome::passed && c.verdict == Verdict::pass) {
      cases += "/>\n";
      continue;
    }
    cases += ">\n";
    if (outcome == Outcome::failed) {
      cases += "      <failure type=\"" +
               std::string(c.verdict == Verdict::warn ? "warn"
                           : c.kind.empty()           ? "wrong"
                                                      : c.kind) +
               "\" message=\"" + xml_escape(c.reason) + "\">" + xml_escape(details(run, c)) + "</failure>\n";
    } else if (outcome == Outcome::skipped) {
      cases += "      <skipped message=\"" + xml_escape((c.known.empty() ? std::string(name_of(c.verdict)) + ": " + c.reason : "known: " + c.known)) + "\"/>\n";
    } else {
      cases += "      <system-out>" + xml_escape("warning: " + details(run, c)) + "</system-out>\n";
    }
    cases += "    </testcase>\n";
  }
  // Trouble that belongs to no check is an error of its own, so that no consumer takes the run for a clean one.
  std::vector<std::string> troubles = run.troubles;
  troubles.insert(troubles.end(), run.known_trouble.begin(), run.known_trouble.end());
  if (const auto why = result::no_verdict(run); !why.empty()) troubles.push_back("no verdict: " + why);
  for (std::size_t i = 0; i < troubles.size(); ++i) {
    ++counts[static_cast<int>(Outcome::error)];
    cases += "    <testcase classname=\"mailspec\" name=\"trouble " + std::to_string(i + 1) + "\" time=\"0.000\">\n      <error message=\"" +
             xml_escape(troubles[i]) + "\"/>\n    </testcase>\n";
  }
  const auto total = run.checks.size() + troubles.size();
  const std::string totals = " tests=\"" + std::to_string(total) + "\" failures=\"" + std::to_string(counts[1]) + "\" errors=\"" + std::to_string(counts[2]) +
                             "\" time=\"" + seconds_of(run.seconds) + "\"";
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + totals + ">\n  <testsuite name=\"mailspec " + xml_escape(run.target) + "\"" + totals +
         " skipped=\"" + std::to_string(counts[3]) + "\" timestamp=\"" + xml_escape(run.started) + "\">\n" + cases + "  </testsuite>\n</testsuites>\n";
}

}  // namespace mailspec::reports
