#include "reports/comparison.h"

#include <map>

#include "harness/base/text.h"
#include "reports/reports.h"

namespace mailspec::reports {

using result::Change;
using result::Check;
using result::Comparison;
using result::Run;

namespace {

constexpr std::size_t kMostIds = 20;

std::string outcome_in(const Check* c) { return c ? outcome_of(*c) : "absent"; }

std::string run_line(const Run& run) {
  return printable(run.target) + ", " + run.started + ", mailspec " + run.suite_version + ", seed " + std::to_string(run.seed);
}

std::string plural_checks(std::size_t n) { return std::to_string(n) + (n == 1 ? " check" : " checks"); }

// Markdown in which nothing of the text is markup.
std::string code(const std::string& text) { return "<code>" + xml_escape(printable(text, 400)) + "</code>"; }

struct Part {
  const char* title;
  const std::vector<Change>* changes;
};

// By what they were and are, because that is the same for many.
std::map<std::string, std::vector<const Change*>> by_move(const std::vector<Change>& changes) {
  std::map<std::string, std::vector<const Change*>> out;
  for (const auto& c : changes) out[outcome_in(c.before) + " -> " + outcome_in(c.after)].push_back(&c);
  return out;
}

std::string summary(const Comparison& c) {
  return std::to_string(c.broke.size()) + " broke, " + std::to_string(c.mended.size()) + " mended, " + std::to_string(c.still.size()) + " still broken, " +
         std::to_string(c.fresh.size()) + " newly judged, " + std::to_string(c.lost.size()) + " no longer judged, " + std::to_string(c.same) + " as before";
}

std::vector<Part> parts_of(const Comparison& c) {
  return {{"Mended", &c.mended}, {"Newly judged", &c.fresh}, {"No longer judged", &c.lost}, {"Still broken", &c.still}};
}

std::string headline(const Comparison& c) {
  if (!c.broke.empty()) return "REGRESSION: " + plural_checks(c.broke.size()) + " broke";
  return c.no_verdict.empty() ? "no regression" : "no verdict: " + c.no_verdict;
}

}  // namespace

std::string comparison_text(const Comparison& c, const Run& before, const Run& after, bool colour) {
  std::string out;
  for (const auto& change : c.broke) out += text_of_failure(after, *change.after, colour);
  for (const auto& [title, changes] : parts_of(c)) {
    if (changes->empty()) continue;
    out += std::string(title) + " (" + std::to_string(changes->size()) + "):\n";
    for (const auto& [move, same] : by_move(*changes)) {
      out += "  " + move + "\n";
      for (std::size_t i = 0; i < same.size() && i < kMostIds; ++i) out += "    " + printable(same[i]->id()) + "\n";
      if (same.size() > kMostIds) out += "    ... and " + std::to_string(same.size() - kMostIds) + " more\n";
    }
    out += "\n";
  }
  if (!c.no_longer_offered.empty()) out += "No longer offered: " + printable(join(c.no_longer_offered, " ")) + "\n";
  if (!c.newly_offered.empty()) out += "Newly offered: " + printable(join(c.newly_offered, " ")) + "\n";
  out += "Before: " + run_line(before) + "\nAfter:  " + run_line(after) + "\n";
  const auto head = headline(c);
  out += (colour ? std::string("\x1b[") + (result::exit_status(c) ? "31m" : "32m") + head + "\x1b[0m" : head) + "; " + summary(c) + "\n";
  return out;
}

std::string comparison_markdown(const Comparison& c, const Run& before, const Run& after) {
  std::string out = "## mailspec: what changed\n\n**" + xml_escape(headline(c)) + "**\n\n" + summary(c) + "\n\n";
  out += "| | |\n|---|---|\n| before | " + code(run_line(before)) + " |\n| after | " + code(run_line(after)) + " |\n\n";
  for (const auto& change : c.broke) {
    out += "<details open><summary><b>broke</b> " + code(change.id()) + "</summary>\n\n<pre>\n" + xml_escape(text_of_failure(after, *change.after, false)) +
           "</pre>\n\n</details>\n\n";
  }
  for (const auto& [title, changes] : parts_of(c)) {
    if (changes->empty()) continue;
    out += "<details><summary>" + std::string(title) + ": " + std::to_string(changes->size()) + "</summary>\n\n";
    for (const auto& [move, same] : by_move(*changes)) {
      out += "- " + xml_escape(move) + "\n";
      for (std::size_t i = 0; i < same.size() && i < kMostIds; ++i) out += "  - " + code(same[i]->id()) + "\n";
      if (same.size() > kMostIds) out += "  - and " + std::to_string(same.size() - kMostIds) + " more\n";
    }
    out += "\n</details>\n\n";
  }
  if (!c.no_longer_offered.empty()) out += "No longer offered: " + code(join(c.no_longer_offered, " ")) + "\n\n";
  if (!c.newly_offered.empty()) out += "Newly offered: " + code(join(c.newly_offered, " ")) + "\n\n";
  return out;
}

std::vector<std::string> names_of(const std::vector<Run>& runs) {
  std::vector<std::string> out;
  std::map<std::string, int> seen;
  for (const auto& run : runs) {
    const auto name = printable(run.target, 60);
    const int n = ++seen[name];
    out.push_back(n == 1 ? name : name + " (" + std::to_string(n) + ")");
  }
  return out;
}

namespace {

// The share that is kept of the requirements that were judged, for each server.
struct Score {
  std::size_t kept = 0, broken = 0, warned = 0;
  std::size_t judged() const { return kept + broken + warned; }
};

std::vector<Score> scores_of(const std::vector<result::Row>& rows, std::size_t servers) {
  std::vector<Score> out(servers);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < servers; ++i) {
      out[i].kept += row.cells[i].outcome == "pass";
      out[i].broken += row.cells[i].outcome == "fail";
      out[i].warned += row.cells[i].outcome == "warn";
    }
  }
  return out;
}

}  // namespace

std::string matrix_text(const std::vector<Run>& runs) {
  const auto rows = result::side_by_side(runs);
  const auto names = names_of(runs);
  std::string out, suspects;
  for (const auto& row : rows) {
    if (row.suspicious) suspects += "  " + row.requirement + "\n";
    if (!row.differs) continue;
    out += row.requirement + "\n";
    if (row.about) out += "    " + row.about->says + "\n";
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const auto& cell = row.cells[i];
      if (!cell.outcome.empty()) out += "    " + cell.outcome + std::string(13 - cell.outcome.size(), ' ') + names[i] + "\n";
    }
  }
  if (!out.empty()) out = "Kept by one and broken by another:\n" + out + "\n";
  if (!suspects.empty()) out += "Broken by every server that was judged - is the suite right?\n" + suspects + "\n";
  const auto scores = scores_of(rows, runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    out += names[i] + ": " + std::to_string(scores[i].kept) + " of " + std::to_string(scores[i].judged()) + " requirements kept, " +
           std::to_string(scores[i].broken) + " broken, " + std::to_string(scores[i].warned) + " warned of\n";
  }
  return out;
}

std::string matrix_markdown(const std::vector<Run>& runs) {
  const auto rows = result::side_by_side(runs);
  const auto names = names_of(runs);
  std::string head = "| requirement |", rule = "|---|", body, suspects;
  for (const auto& name : names) head += " " + code(name) + " |", rule += "---|";
  for (const auto& row : rows) {
    if (row.suspicious) suspects += "- " + code(row.requirement) + "\n";
    if (!row.differs) continue;
    body += "| " + code(row.requirement) + " |";
    for (const auto& cell : row.cells) body += " " + cell.outcome + " |";
    body += "\n";
  }
  std::string out = "## mailspec: servers side by side\n\n| server | kept | of | broken | warned of |\n|---|---:|---:|---:|---:|\n";
  const auto scores = scores_of(rows, runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    out += "| " + code(names[i]) + " | " + std::to_string(scores[i].kept) + " | " + std::to_string(scores[i].judged()) + " | " +
           std::to_string(scores[i].broken) + " | " + std::to_string(scores[i].warned) + " |\n";
  }
  if (!body.empty()) out += "\nKept by one and broken by another:\n\n" + head + "\n" + rule + "\n" + body;
  if (!suspects.empty()) out += "\nBroken by every server that was judged - is the suite right?\n\n" + suspects;
  return out;
}

std::string compared_text(const Compared& c, bool colour) {
  return c.servers ? matrix_text(c.runs) : comparison_text(c.comparison, c.runs.front(), c.runs.back(), colour);
}

const std::vector<ComparisonFormat>& comparison_formats() {
  static const std::vector<ComparisonFormat> kAll{
      {"html", [](const Compared& c) { return matrix_html(c.runs, {}); }},
      {"md", [](const Compared& c) { return c.servers ? matrix_markdown(c.runs) : comparison_markdown(c.comparison, c.runs.front(), c.runs.back()); }},
      {"text", [](const Compared& c) { return compared_text(c, false); }},
  };
  return kAll;
}

}  // namespace mailspec::reports
