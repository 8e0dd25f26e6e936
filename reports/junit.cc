#include <cstdio>

#include "harness/base/text.h"
#include "harness/result/trace_json.h"
#include "reports/reports.h"

namespace mailspec::reports {

using result::Check;
using result::Verdict;

std::string json(const result::Run& run, const oracle::Catalogue& catalogue) { return result::run_to_json(run, catalogue); }

std::string xml_escape(std::string_view text) {
  std::string out;
  for (char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += c; break;
      default:
        if (octet < 0x20 || octet >= 0x7f) out += visible(std::string_view(&c, 1));
        else out += c;
    }
  }
  return out;
}

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

std::string details(const Check& c, const oracle::Catalogue& catalogue) {
  std::string out;
  if (const auto* r = catalogue.find(c.requirement)) out += r->says + "\n";
  out += c.reason + "\n";
  for (const auto& line : c.wire) out += line + "\n";
  if (!c.trace.empty()) out += "trace: " + c.trace + "\n";
  return out;
}

}  // namespace

std::string junit(const result::Run& run, const oracle::Catalogue& catalogue, bool strict) {
  std::size_t counts[4] = {};
  std::string cases;
  for (const auto& c : run.checks) {
    const auto outcome = outcome_of(c, strict);
    ++counts[static_cast<int>(outcome)];
    cases += "    <testcase classname=\"" + xml_escape(replace_all(c.requirement, "/", ".")) + "\" name=\"" + xml_escape(c.id) + "\"";
    if (!c.scenario.empty()) cases += " file=\"scenarios/" + xml_escape(c.scenario) + "\" line=\"" + std::to_string(c.line) + "\"";
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
               "\" message=\"" + xml_escape(c.reason) + "\">" + xml_escape(details(c, catalogue)) + "</failure>\n";
    } else if (outcome == Outcome::skipped) {
      cases += "      <skipped message=\"" + xml_escape((c.known.empty() ? std::string(name_of(c.verdict)) + ": " + c.reason : "known: " + c.known)) + "\"/>\n";
    } else {
      cases += "      <system-out>" + xml_escape("warning: " + details(c, catalogue)) + "</system-out>\n";
    }
    cases += "    </testcase>\n";
  }
  // Trouble that belongs to no check is an error of its own, so that no consumer takes the run for a clean one.
  std::vector<std::string> troubles = run.troubles;
  troubles.insert(troubles.end(), run.known_trouble.begin(), run.known_trouble.end());
  for (std::size_t i = 0; i < troubles.size(); ++i) {
    ++counts[static_cast<int>(Outcome::error)];
    cases += "    <testcase classname=\"mailspec\" name=\"trouble " + std::to_string(i + 1) + "\">\n      <error message=\"" + xml_escape(troubles[i]) +
             "\"/>\n    </testcase>\n";
  }
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.3f", run.seconds);
  const auto total = run.checks.size() + troubles.size();
  const std::string totals = "tests=\"" + std::to_string(total) + "\" failures=\"" + std::to_string(counts[1]) + "\" errors=\"" + std::to_string(counts[2]) +
                             "\" skipped=\"" + std::to_string(counts[3]) + "\" time=\"" + seconds + "\"";
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites " + totals + ">\n  <testsuite name=\"mailspec " + xml_escape(run.target) + "\" " + totals +
         ">\n" + cases + "  </testsuite>\n</testsuites>\n";
}

}  // namespace mailspec::reports
