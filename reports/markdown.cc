#include <map>

#include "harness/base/text.h"
#include "harness/result/gives.h"
#include "reports/reports.h"

namespace mailspec::reports {

using oracle::Level;
using result::Check;
using result::Verdict;

namespace {

constexpr std::size_t kMostFailures = 50;  // a job page is short

// Text in which nothing is markup: what Markdown or its HTML would take for such is escaped, on one line.
std::string plain(const std::string& text) {
  std::string out;
  for (const char c : printable(text, 2000)) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '\\':
      case '`':
      case '*':
      case '_':
      case '[':
      case ']':
      case '|':
      case '#':
      case '~':
      case '!':
      case '@':
        out += '\\';
        out += c;
        break;
      default: out += c;
    }
  }
  return out;
}

std::string code(const std::string& text) { return "<code>" + xml_escape(printable(text, 2000)) + "</code>"; }

std::string failure(const result::Run& run, const Check& c) {
  std::string out = "<details><summary><b>" + std::string(c.verdict == Verdict::fail ? "FAIL" : "WARN") + "</b> " + code(c.id) + "</summary>\n\n";
  if (const auto it = run.requirements.find(c.requirement); it != run.requirements.end()) out += "> " + plain(it->second.says) + "\n>\n";
  out += "> " + plain(result::authority(run, c)) + "\n\n" + plain(c.reason) + "\n\n";
  if (const auto it = run.requirements.find(c.requirement); it != run.requirements.end() && it->second.severity != oracle::Requirement::Severity::none)
    out += "Severity " + std::string(oracle::name_of(it->second.severity)) + ": " + plain(it->second.danger) + " Remedy: " + plain(it->second.remedy) + "\n\n";
  if (const auto it = run.requirements.find(c.requirement); it != run.requirements.end() && !it->second.ruling.empty())
    out += "How the suite reads the sentence: " + code(it->second.ruling) + ", or " + code("mailspec explain " + c.requirement) + "\n\n";
  if (!c.wire.empty()) {
    // A line of the server's cannot end the block: each is indented, and backquotes do not count inside <pre>.
    out += "<pre>\n";
    for (const auto& line : c.wire) out += xml_escape(printable(line, 400)) + "\n";
    out += "</pre>\n\n";
  }
  if (!c.trace.empty() && !run.replay.empty()) out += "Replay: " + code(run.replay + c.trace) + "\n\n";
  return out + "</details>\n\n";
}

}  // namespace

std::string markdown(const result::Run& run, bool strict) {
  const auto head = result::headline(run, strict);
  std::string out = "## mailspec: " + plain(run.target) + (run.version.empty() ? "" : " " + plain(run.version)) + "\n\n";
  out += "**" + head.words + ":** " + head.why + ".";
  if (!run.server.empty()) out += " The server greets with " + code(run.server) + ".";
  out += "\n\n| level | pass | fail | warn | known | skip | inconclusive |\n|---|---:|---:|---:|---:|---:|---:|\n";
  std::map<Level, std::map<std::string, std::size_t>> counts;
  for (const auto& c : run.checks) ++counts[result::level_of(run, c)][outcome_of(c)];
  for (auto& [level, by] : counts) {
    out += "| " + std::string(oracle::name_of(level)) + " |";
    for (const auto* outcome : {"pass", "fail", "warn", "known", "skip", "inconclusive"}) out += " " + std::to_string(by[outcome]) + " |";
    out += "\n";
  }
  out += "\n";
  std::size_t told = 0, all = 0;
  for (const auto verdict : {Verdict::fail, Verdict::warn}) {
    for (const auto& c : run.checks) {
      if (c.verdict != verdict || !c.known.empty()) continue;
      if (++all <= kMostFailures) out += failure(run, c), ++told;
    }
  }
  if (all > told) out += "... and " + std::to_string(all - told) + " more: see the HTML or the text report.\n\n";
  for (const auto* troubles : {&run.troubles, &run.known_trouble}) {
    for (const auto& t : *troubles) out += "- trouble: " + plain(t) + "\n";
  }
  if (const auto gifts = result::gives(run); !gifts.empty()) {
    out += "\n<details><summary>What POP3 and what IMAP4 give on this server</summary>\n\n| | POP3 | IMAP4 |\n|---|---|---|\n";
    for (const auto& g : gifts) out += "| " + plain(g.what) + " | " + plain(g.pop3) + " | " + plain(g.imap) + " |\n";
    out += "\n</details>\n";
  }
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.1f", run.seconds);
  out += "\n" + std::to_string(run.checks.size()) + " checks in " + seconds + " s, mailspec " + plain(run.suite_version) + ", seed " +
         std::to_string(run.seed) + ", segmentation " + plain(run.segmentation) + ", " + plain(run.started) + "\n";
  return out;
}

}  // namespace mailspec::reports
