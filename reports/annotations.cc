#include "harness/base/text.h"
#include "reports/reports.h"

namespace mailspec::reports {

using result::Check;
using result::Verdict;

namespace {

// What GitHub's workflow commands escape in a message; in a property also ':' and ','.
std::string message(const std::string& text) { return replace_all(printable(text, 2000), "%", "%25"); }
std::string property(const std::string& text) { return replace_all(replace_all(message(text), ":", "%3A"), ",", "%2C"); }

}  // namespace

std::string annotations(const result::Run& run, bool strict) {
  std::string out;
  for (const auto verdict : {Verdict::fail, Verdict::warn}) {
    for (const auto& c : run.checks) {
      if (c.verdict != verdict || !c.known.empty()) continue;
      std::string text = message(c.reason);
      if (const auto it = run.requirements.find(c.requirement); it != run.requirements.end()) text += "%0A" + message(it->second.says);
      text += "%0A" + message(result::authority(run, c));
      for (const auto& line : c.wire) text += "%0A" + message(line);
      out += (verdict == Verdict::fail || strict ? "::error title=" : "::warning title=") + property(c.id) + "::" + text + "\n";
    }
  }
  for (const auto* troubles : {&run.troubles, &run.known_trouble}) {
    for (const auto& t : *troubles) out += "::error title=mailspec::" + message(t) + "\n";
  }
  if (const auto why = result::no_verdict(run); !why.empty()) out += "::error title=mailspec::no verdict: " + message(why) + "\n";
  return out;
}

}  // namespace mailspec::reports
