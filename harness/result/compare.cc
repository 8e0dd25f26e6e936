#include "harness/result/compare.h"

#include <algorithm>
#include <array>

namespace mailspec::result {

namespace {

enum class State { unjudged, kept, broken, excused };

State state_of(const Check* c, bool strict) {
  if (!c) return State::unjudged;
  if (!c->known.empty()) return State::excused;
  switch (c->verdict) {
    case Verdict::pass: return State::kept;
    case Verdict::warn: return strict ? State::broken : State::kept;
    case Verdict::fail: return State::broken;
    case Verdict::skip:
    case Verdict::inconclusive: return State::unjudged;
  }
  return State::unjudged;
}

std::vector<std::string> missing(const std::vector<std::string>& from, const std::vector<std::string>& in) {
  std::vector<std::string> out;
  std::ranges::copy_if(from, std::back_inserter(out), [&](const auto& t) { return std::ranges::find(in, t) == in.end(); });
  return out;
}

}  // namespace

Comparison compare(const Run& before, const Run& after, bool strict) {
  Comparison out;
  std::map<std::string, Change> by_id;
  for (const auto& c : before.checks) by_id[c.id].before = &c;
  for (const auto& c : after.checks) by_id[c.id].after = &c;
  for (const auto& [id, change] : by_id) {
    const auto was = state_of(change.before, strict), is = state_of(change.after, strict);
    if (is == State::broken && was == State::kept) out.broke.push_back(change);
    else if (is == State::kept && (was == State::broken || was == State::excused)) out.mended.push_back(change);
    else if (was == State::unjudged && is != State::unjudged) out.fresh.push_back(change);
    else if (was != State::unjudged && is == State::unjudged) out.lost.push_back(change);
    else if (is == State::broken) out.still.push_back(change);
    else ++out.same;
  }
  out.no_longer_offered = missing(before.offered, after.offered);
  out.newly_offered = missing(after.offered, before.offered);
  if (const auto why = no_verdict(before); !why.empty()) out.no_verdict = "of the first, " + why;
  if (const auto why = no_verdict(after); !why.empty()) out.no_verdict = "of the second, " + why;
  return out;
}

int exit_status(const Comparison& comparison) { return !comparison.broke.empty() ? 1 : !comparison.no_verdict.empty() ? 5 : 0; }

std::vector<Row> side_by_side(const std::vector<Run>& runs) {
  std::map<std::string, Row> rows;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (const auto& c : runs[i].checks) {
      auto& row = rows[c.requirement];
      row.requirement = c.requirement;
      row.cells.resize(runs.size());
      if (const auto it = runs[i].requirements.find(c.requirement); !row.about && it != runs[i].requirements.end()) row.about = &it->second;
      auto& cell = row.cells[i];
      const std::string outcome = name_of(c.verdict);
      ++cell.counts[outcome];
      const bool told = c.verdict == Verdict::fail || c.verdict == Verdict::warn;
      if (told || (c.verdict == Verdict::skip && cell.notes.empty())) cell.notes.push_back(&c);
    }
  }
  std::vector<Row> out;
  for (auto& [id, row] : rows) {
    std::size_t judged = 0, broken = 0, kept = 0;
    for (auto& cell : row.cells) {
      for (const auto* outcome : {"fail", "warn", "inconclusive", "pass", "skip"}) {
        if (cell.outcome.empty() && cell.counts[outcome]) cell.outcome = outcome;
      }
      if (cell.outcome != "skip") std::erase_if(cell.notes, [](const Check* c) { return c->verdict == Verdict::skip; });
      judged += cell.counts["pass"] + cell.counts["fail"] + cell.counts["warn"] > 0;
      broken += cell.outcome == "fail";
      kept += cell.outcome == "pass";
    }
    row.differs = broken > 0 && kept > 0;
    row.suspicious = judged > 1 && broken == judged;
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace mailspec::result
