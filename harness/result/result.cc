#include "harness/result/result.h"

#include <algorithm>

namespace mailspec::result {

const char* name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return "pass";
    case Verdict::fail: return "fail";
    case Verdict::warn: return "warn";
    case Verdict::skip: return "skip";
    case Verdict::inconclusive: return "inconclusive";
  }
  return "?";
}

std::optional<Verdict> verdict_of(std::string_view name) {
  for (const auto v : {Verdict::pass, Verdict::fail, Verdict::warn, Verdict::skip, Verdict::inconclusive}) {
    if (name == name_of(v)) return v;
  }
  return std::nullopt;
}

std::size_t Run::count(Verdict verdict) const {
  return static_cast<std::size_t>(std::ranges::count_if(checks, [&](const Check& c) { return c.verdict == verdict && c.known.empty(); }));
}

std::size_t Run::count_known() const {
  return static_cast<std::size_t>(std::ranges::count_if(checks, [](const Check& c) { return !c.known.empty(); }));
}

int exit_status(const Run& run, bool strict) {
  if (run.interrupted) return 130;
  if (run.unreachable) return 3;
  const auto ran = run.count(Verdict::pass) + run.count(Verdict::fail) + run.count(Verdict::warn) + run.count_known();
  // A check that could not be reached behind a failure is accounted for by that failure.
  const auto lost =
      static_cast<std::size_t>(std::ranges::count_if(run.checks, [](const Check& c) { return c.verdict == Verdict::inconclusive && !c.follows; }));
  if (ran == 0 && lost == 0) return 6;
  const auto planned = run.checks.size() - run.count(Verdict::skip);
  if (run.broken || lost * 20 > planned) return 5;
  if (run.count(Verdict::fail) > 0 || (strict && run.count(Verdict::warn) > 0)) return 1;
  if (!run.known_trouble.empty()) return 4;
  return 0;
}

}  // namespace mailspec::result
