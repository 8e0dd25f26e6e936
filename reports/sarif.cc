#include <boost/json.hpp>
#include <map>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reports/reports.h"

namespace mailspec::reports {

namespace bj = boost::json;
using oracle::Level;
using result::Check;
using result::Verdict;

namespace {

constexpr const char* kSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

bj::object message(const std::string& text) { return {{"text", printable(text, 8000)}}; }

std::string help_uri(const std::string& requirement) {
  const auto document = result::document_of(requirement);
  if (!document.starts_with("rfc")) return "https://www.rfc-editor.org/";
  return "https://www.rfc-editor.org/rfc/" + document + "#section-" + result::section_of(requirement);
}

// What code scanning shows beside an alert: 9.0 and more is critical, 7.0 high, 4.0 medium, below it low.
const char* score(oracle::Requirement::Severity severity) {
  switch (severity) {
    case oracle::Requirement::Severity::none: return nullptr;
    case oracle::Requirement::Severity::low: return "3.0";
    case oracle::Requirement::Severity::medium: return "5.5";
    case oracle::Requirement::Severity::high: return "8.0";
    case oracle::Requirement::Severity::critical: return "9.5";
  }
  return nullptr;
}

bj::object rule(const std::string& id, const result::About& about) {
  const std::string level = about.level == Level::must && about.doubt.empty() ? "error" : about.level == Level::may ? "note" : "warning";
  const auto* severity = score(about.severity);
  bj::object out{{"id", id},
                 {"shortDescription", message(about.says)},
                 {"fullDescription", message(about.says + (about.doubt.empty() ? "" : " In doubt: " + about.doubt))},
                 {"help", message(about.says + " (" + id + ")" + (severity ? " " + about.danger + " Remedy: " + about.remedy : ""))},
                 {"helpUri", help_uri(id)},
                 {"defaultConfiguration", bj::object{{"level", level}}}};
  if (severity) out["properties"] = bj::object{{"security-severity", severity}, {"tags", bj::array{"security"}}};
  return out;
}

// RFC 3986 section 2: what may not stand in a path is percent-encoded.
std::string path_of_uri(const std::string& path) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    const auto octet = static_cast<unsigned char>(c);
    if ((to_upper(c) >= 'A' && to_upper(c) <= 'Z') || is_digit(c) || std::string_view("-._~/").find(c) != std::string_view::npos) out += c;
    else out += {'%', kDigits[octet >> 4], kDigits[octet & 15]};
  }
  return out;
}

bj::object location(const Check& c) {
  // Where a standing rule has no scenario of its own, the first that broke it stands for all.
  std::string file = c.scenario.empty() && !c.broken_in.empty() ? c.broken_in[0] : c.scenario;
  file = file.substr(0, file.find_first_of("#~"));
  if (file.empty() || file.starts_with("(")) file = "requirements/" + result::document_of(c.requirement) + ".req";
  return {{"physicalLocation", bj::object{{"artifactLocation", bj::object{{"uri", path_of_uri("scenarios/" + file)}, {"uriBaseId", "SUITE"}}},
                                          {"region", bj::object{{"startLine", std::max(1, c.line)}}}}}};
}

bj::object one(const result::Run& run, const Check& c, std::size_t rule_index) {
  std::string text = c.reason + " (" + result::authority(run, c) + ")";
  for (const auto& line : c.wire) text += "\n" + line;
  bj::object out{{"ruleId", c.requirement},
                 {"kind", c.verdict == Verdict::inconclusive ? "review" : "fail"},
                 {"level", c.verdict == Verdict::fail   ? "error"
                           : c.verdict == Verdict::warn ? "warning"
                                                        : "none"},
                 {"locations", bj::array{location(c)}},
                 {"partialFingerprints", bj::object{{"mailspecCheck/v1", printable(c.id)}}}};
  std::string lines;
  for (const auto& line : split(text, '\n')) lines += (lines.empty() ? "" : "\n") + printable(line, 2000);
  out["message"] = bj::object{{"text", lines}};
  if (run.requirements.contains(c.requirement)) out["ruleIndex"] = rule_index;
  if (!c.known.empty()) out["suppressions"] = bj::array{bj::object{{"kind", "external"}, {"status", "accepted"}, {"justification", printable(c.known, 2000)}}};
  bj::object properties;
  if (!c.trace.empty() && !run.replay.empty()) properties["replay"] = printable(run.replay + c.trace, 1000);
  if (!c.kind.empty()) properties["kind"] = c.kind;
  if (!properties.empty()) out["properties"] = std::move(properties);
  return out;
}

}  // namespace

std::string sarif(const result::Run& run) {
  bj::array rules, results, notifications;
  std::map<std::string, std::size_t> index;
  for (const auto& [id, about] : run.requirements) {
    index[id] = rules.size();
    rules.push_back(rule(id, about));
  }
  for (const auto& c : run.checks) {
    if (c.verdict == Verdict::pass || c.verdict == Verdict::skip) continue;
    results.push_back(one(run, c, index[c.requirement]));
  }
  for (const auto* troubles : {&run.troubles, &run.known_trouble}) {
    for (const auto& t : *troubles) notifications.push_back(bj::object{{"level", "error"}, {"message", message(t)}});
  }
  const auto why = result::no_verdict(run);
  if (!why.empty()) notifications.push_back(bj::object{{"level", "error"}, {"message", message("no verdict: " + why)}});
  bj::object invocation{{"executionSuccessful", why.empty()}, {"startTimeUtc", run.started}};
  if (run.started.empty()) invocation.erase("startTimeUtc");
  if (!notifications.empty()) invocation["toolExecutionNotifications"] = std::move(notifications);
  bj::object driver{{"name", "mailspec"}, {"rules", std::move(rules)}};
  if (!run.suite_version.empty()) driver["semanticVersion"] = run.suite_version;
  const bj::object all{
      {"$schema", kSchema},
      {"version", "2.1.0"},
      {"runs", bj::array{bj::object{
                   {"tool", bj::object{{"driver", std::move(driver)}}},
                   {"invocations", bj::array{std::move(invocation)}},
                   {"originalUriBaseIds", bj::object{{"SUITE", bj::object{{"description", message("the sources of mailspec, in which the scenarios are")}}}}},
                   {"columnKind", "utf16CodeUnits"},
                   {"properties",
                    bj::object{{"target", printable(run.target)}, {"server", printable(run.server)}, {"version", printable(run.version)}, {"seed", run.seed}}},
                   {"results", std::move(results)}}}}};
  return bj::serialize(all) + "\n";
}

}  // namespace mailspec::reports
