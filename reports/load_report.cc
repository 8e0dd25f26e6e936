#include "reports/load_report.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>

#include "harness/base/text.h"
#include "harness/scenario/runner.h"
#include "reports/reports.h"

namespace mailspec::reports {

namespace bj = boost::json;

namespace {

std::string number(double value, int digits) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string millis(double seconds) { return number(seconds * 1e3, seconds < 0.1 ? 2 : 0); }

double rate(std::uint64_t n, double seconds) { return seconds > 0 ? static_cast<double>(n) / seconds : 0; }

constexpr double kShares[] = {0.5, 0.9, 0.99, 0.999};

// The figures of one command, as text.
std::vector<std::string> cells(const std::string& name, const load::Histogram& h, const load::Tally& tally) {
  const auto refused = tally.refused.find(name);
  std::vector<std::string> out{name, std::to_string(h.count())};
  for (const double share : kShares) out.push_back(millis(h.percentile(share)));
  out.push_back(millis(h.worst()));
  out.push_back(std::to_string(refused == tally.refused.end() ? 0 : refused->second.times));
  return out;
}

const std::vector<std::string> kColumns{"command", "count", "50 %", "90 %", "99 %", "99.9 %", "worst", "refused"};

std::string says_of(const load::Found& f, const oracle::Catalogue& catalogue) {
  const auto* r = catalogue.find(f.requirement);
  return r ? r->says : "";
}

std::string summary(const LoadHead& head, const load::Tally& tally) {
  const double per_command = tally.commands ? head.cpu_seconds / static_cast<double>(tally.commands) : 0;
  return std::to_string(tally.commands) + " commands in " + number(head.seconds, 1) + " s, " + number(rate(tally.commands, head.seconds), 0) + " a second; " +
         number(per_command * 1e6, 1) + " us of CPU a command, judging included; " + std::to_string(tally.judged) + " events judged; " +
         std::to_string(tally.connections) + " connections; " + std::to_string(head.memory / (1024 * 1024)) + " MB at most";
}

std::string verdict(const load::Tally& tally) {
  if (!tally.findings.empty()) return std::to_string(tally.findings.size()) + (tally.findings.size() == 1 ? " requirement" : " requirements") + " BROKEN";
  return tally.commands == 0 ? "nothing was judged" : "no finding";
}

}  // namespace

std::string load_trace_name(const load::Found& found) { return "load." + replace_all(found.requirement, "/", ".") + ".json"; }

std::string load_text(const LoadHead& head, const load::Tally& tally, const oracle::Catalogue& catalogue) {
  std::string out;
  for (const auto& [id, f] : tally.findings) {
    out += "FAIL  " + visible(id) + "\n      " + says_of(f, catalogue) + "\n      " + visible(f.finding.what, 400) + "\n      " + std::to_string(f.times) +
           (f.times == 1 ? " time" : " times") + ", first in session " + std::to_string(f.session) + "\n";
    for (const auto& line : scenario::wire_excerpt(f.trace, f.finding)) out += "        " + line + "\n";
    if (!head.replay.empty()) out += "      replay: " + head.replay + load_trace_name(f) + "\n";
    out += "\n";
  }
  std::vector<std::vector<std::string>> rows{kColumns};
  for (const auto& [name, h] : tally.latencies) rows.push_back(cells(name, h, tally));
  std::vector<std::size_t> widths(kColumns.size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  out += "Latencies in milliseconds" +
         std::string(head.rate > 0 ? ", from when each command was due (open loop)" : ", from sending to the tagged answer (closed loop)") + ":\n";
  for (const auto& row : rows) {
    std::string line = "  ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string gap(widths[i] - row[i].size(), ' ');
      line += i == 0 ? row[i] + gap : "  " + gap + row[i];
    }
    out += line + "\n";
  }
  for (const auto& [name, r] : tally.refused) out += "refused " + std::to_string(r.times) + " times: " + name + ", first '" + r.first + "'\n";
  for (const auto& t : tally.troubles) out += "trouble: " + t + "\n";
  out += "\nTarget " + visible(head.target) + ", " + head.protocol + ", " + std::to_string(head.sessions) + " sessions, seed " + std::to_string(head.seed) +
         ", mix " + visible(head.mix) + "\n" + summary(head, tally) + "\n";
  char digest[32];
  std::snprintf(digest, sizeof digest, "%016llx", static_cast<unsigned long long>(tally.digest));
  out += "plan " + std::string(digest) + " over " + std::to_string(tally.intents) + " intents; " + std::to_string(tally.lost) + " connections lost, " +
         std::to_string(tally.refused_connections) + " refused; the final checkpoint " +
         (tally.agreed ? "was compared between sessions" : "had nothing to compare: each mailbox had one session, or none told") + "\n";
  return out + verdict(tally) + (head.interrupted ? " (interrupted)" : "") + "\n";
}

std::string load_json(const LoadHead& head, const load::Tally& tally) {
  bj::object commands;
  for (const auto& [name, h] : tally.latencies) {
    const auto refused = tally.refused.find(name);
    commands[name] = bj::object{{"count", h.count()},
                                {"p50", h.percentile(0.5)},
                                {"p90", h.percentile(0.9)},
                                {"p99", h.percentile(0.99)},
                                {"p999", h.percentile(0.999)},
                                {"worst", h.worst()},
                                {"refused", refused == tally.refused.end() ? 0 : refused->second.times}};
  }
  bj::array findings;
  for (const auto& [id, f] : tally.findings)
    findings.push_back(
        bj::object{{"requirement", id}, {"what", visible(f.finding.what)}, {"times", f.times}, {"session", f.session}, {"trace", load_trace_name(f)}});
  bj::array troubles;
  for (const auto& t : tally.troubles) troubles.emplace_back(t);
  char digest[32];
  std::snprintf(digest, sizeof digest, "%016llx", static_cast<unsigned long long>(tally.digest));
  const bj::object all{{"mailspec_load", 1},
                       {"suite_version", head.suite_version},
                       {"target", visible(head.target)},
                       {"server", visible(head.server)},
                       {"protocol", head.protocol},
                       {"started", head.started},
                       {"seed", head.seed},
                       {"sessions", head.sessions},
                       {"seconds", head.seconds},
                       {"rate", head.rate},
                       {"commands", tally.commands},
                       {"commands_per_second", rate(tally.commands, head.seconds)},
                       {"cpu_seconds", head.cpu_seconds},
                       {"memory", head.memory},
                       {"events_judged", tally.judged},
                       {"connections", tally.connections},
                       {"lost", tally.lost},
                       {"octets_in", tally.octets_in},
                       {"octets_out", tally.octets_out},
                       {"plan", digest},
                       {"intents", tally.intents},
                       {"agreement_checked", tally.agreed},
                       {"interrupted", head.interrupted},
                       {"latencies", std::move(commands)},
                       {"findings", std::move(findings)},
                       {"troubles", std::move(troubles)}};
  return bj::serialize(all) + "\n";
}

std::string load_html(const LoadHead& head, const load::Tally& tally, const oracle::Catalogue& catalogue) {
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>mailspec load: " +
      xml_escape(head.target) +
      "</title>\n<style>\n"
      ":root{color-scheme:light dark;--line:#8886;--bar:#3a7bd5}body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}\n"
      "h1{font-size:1.5rem}table{border-collapse:collapse;width:100%}th,td{text-align:right;padding:.3rem .6rem;border-bottom:1px solid var(--line)}\n"
      "th:first-child,td:first-child{text-align:left}.scroll{overflow-x:auto}.bar{height:.5rem;background:var(--bar);border-radius:2px;min-width:1px}\n"
      "pre{overflow-x:auto;padding:.8rem;border:1px solid var(--line);border-radius:4px}.bad{color:#c0392b}.good{color:#27864e}\n"
      "@media print{body{max-width:none}}\n</style></head><body>\n";
  out += "<h1>Load on " + xml_escape(head.target) + "</h1>\n<p class=\"" + std::string(tally.findings.empty() ? "good" : "bad") + "\"><strong>" +
         verdict(tally) + "</strong></p>\n<p>" + xml_escape(head.protocol) + ", " + std::to_string(head.sessions) + " sessions, " +
         (head.rate > 0 ? "open loop at " + number(head.rate, 0) + " commands a second" : std::string("closed loop")) + ", seed " + std::to_string(head.seed) +
         ", mix " + xml_escape(head.mix) + ", " + xml_escape(head.started) + ". " + xml_escape(summary(head, tally)) + ".</p>\n";
  double most = 1e-9;
  for (const auto& [name, h] : tally.latencies) most = std::max(most, h.percentile(0.99));
  out += "<h2>Latencies in milliseconds</h2>\n<div class=\"scroll\"><table><thead><tr>";
  for (const auto& c : kColumns) out += "<th scope=\"col\">" + c + "</th>";
  out += "<th scope=\"col\">99 %</th></tr></thead><tbody>\n";
  for (const auto& [name, h] : tally.latencies) {
    out += "<tr>";
    for (const auto& cell : cells(name, h, tally)) out += "<td>" + xml_escape(cell) + "</td>";
    out += "<td style=\"width:20%\"><div class=\"bar\" style=\"width:" + number(h.percentile(0.99) / most * 100, 1) + "%\"></div></td></tr>\n";
  }
  out += "</tbody></table></div>\n";
  if (!tally.findings.empty()) out += "<h2>Findings</h2>\n";
  for (const auto& [id, f] : tally.findings) {
    out += "<h3 class=\"bad\">" + xml_escape(id) + "</h3>\n<p>" + xml_escape(says_of(f, catalogue)) + "</p>\n<p>" + xml_escape(f.finding.what) + " (" +
           std::to_string(f.times) + (f.times == 1 ? " time" : " times") + ", first in session " + std::to_string(f.session) + ")</p>\n<pre>";
    for (const auto& line : scenario::wire_excerpt(f.trace, f.finding)) out += xml_escape(line) + "\n";
    out += "</pre>\n<p>Trace: <code>" + xml_escape(load_trace_name(f)) + "</code></p>\n";
  }
  if (!tally.refused.empty()) out += "<h2>Refused</h2>\n<ul>\n";
  for (const auto& [name, r] : tally.refused)
    out += "<li>" + xml_escape(name) + ", " + std::to_string(r.times) + " times, first <code>" + xml_escape(r.first) + "</code></li>\n";
  if (!tally.refused.empty()) out += "</ul>\n";
  for (const auto& t : tally.troubles) out += "<p class=\"bad\">" + xml_escape(t) + "</p>\n";
  return out + "</body></html>\n";
}

const std::vector<LoadFormat>& load_formats() {
  static const std::vector<LoadFormat> kAll{
      {"html", load_html},
      {"json", [](const LoadHead& head, const load::Tally& tally, const oracle::Catalogue&) { return load_json(head, tally); }},
      {"text", load_text},
  };
  return kAll;
}

}  // namespace mailspec::reports
