#include "harness/result/result.h"

#include <algorithm>
#include <set>
#include <tuple>

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

void tell_about(Run& run, const oracle::Catalogue& catalogue) {
  for (const auto& c : run.checks) {
    const auto* r = catalogue.find(c.requirement);
    if (!r || run.requirements.contains(c.requirement)) continue;
    About about{r->level, r->implied, r->says, r->doubt, r->severity, r->danger, r->remedy, {}, {}, r->ruling};
    if (const auto* old = r->under_rev1()) about.rev1_section = old->section, about.rev1_level = old->level;
    run.requirements.emplace(c.requirement, std::move(about));
  }
}

std::string document_of(std::string_view id) { return std::string(id.substr(0, id.find('/'))); }

std::string section_of(std::string_view id) {
  const auto first = id.find('/');
  if (first == std::string_view::npos) return {};
  return std::string(id.substr(first + 1, id.find('/', first + 1) - first - 1));
}

namespace {

bool under_rev1(const Check& c) { return (c.broken_in.empty() ? c.id : c.broken_in[0]).ends_with("~rev1"); }

const About* about_of(const Run& run, const Check& c) {
  const auto it = run.requirements.find(c.requirement);
  return it == run.requirements.end() ? nullptr : &it->second;
}

std::string named(std::string_view document, std::string_view section) {
  return (document.starts_with("rfc") ? "RFC " + std::string(document.substr(3)) : std::string(document)) + " section " + std::string(section);
}

}  // namespace

std::string authority(const Run& run, const Check& check) {
  const auto own = named(document_of(check.requirement), section_of(check.requirement));
  const auto* about = about_of(run, check);
  if (!about) return own;
  const std::string implied = about->implied ? " (implied), " : ", ";
  if (!under_rev1(check) || about->rev1_section.empty()) return oracle::name_of(about->level) + implied + own;
  const auto& old = about->rev1_section;
  return oracle::name_of(about->rev1_level) + implied + named(old.substr(0, old.find('/')), old.substr(old.find('/') + 1)) + " (" + own + ")";
}

oracle::Level level_of(const Run& run, const Check& check) {
  const auto* about = about_of(run, check);
  if (!about) return oracle::Level::must;
  return under_rev1(check) && !about->rev1_section.empty() ? about->rev1_level : about->level;
}

Result<Run> merge(const std::vector<Run>& parts) {
  if (parts.empty()) return Error{Error::Kind::usage, "nothing to merge"};
  Run all = parts[0];
  std::map<std::string, Check> checks;
  std::set<std::tuple<std::string, std::string, std::string>> observed;
  all.observations.clear();
  all.troubles.clear();
  all.known_trouble.clear();
  all.seconds = 0;
  // What tells more comes first.
  const auto rank = [](const Check& c) {
    switch (c.verdict) {
      case Verdict::fail: return 0;
      case Verdict::warn: return 1;
      case Verdict::pass: return 2;
      case Verdict::inconclusive: return 3;
      case Verdict::skip: return 4;
    }
    return 5;
  };
  for (const auto& part : parts) {
    if (part.target != all.target)
      return Error{Error::Kind::usage, "results of different targets are compared, not merged: '" + all.target + "' and '" + part.target + "'"};
    if (part.suite_version != all.suite_version)
      return Error{Error::Kind::usage, "results of different suites cannot be merged: '" + all.suite_version + "' and '" + part.suite_version + "'"};
    all.started = std::min(all.started, part.started);
    all.seconds += part.seconds;
    all.interrupted = all.interrupted || part.interrupted;
    all.misconfigured = all.misconfigured || part.misconfigured;
    all.unreachable = all.unreachable || part.unreachable;
    all.broken = all.broken || part.broken;
    if (part.segmentation != all.segmentation) all.segmentation = "several";
    all.requirements.insert(part.requirements.begin(), part.requirements.end());
    for (const auto& t : part.offered) {
      if (std::ranges::find(all.offered, t) == all.offered.end()) all.offered.push_back(t);
    }
    for (const auto& o : part.observations) {
      if (observed.emplace(o.name, o.value, o.scenario).second) all.observations.push_back(o);
    }
    for (const auto& [from, to] : {std::pair{&part.troubles, &all.troubles}, std::pair{&part.known_trouble, &all.known_trouble}}) {
      for (const auto& t : *from) {
        if (std::ranges::find(*to, t) == to->end()) to->push_back(t);
      }
    }
    for (auto c : part.checks) {
      if (c.basis) c.verdict = c.basis->alone, c.reason = c.basis->reason, c.follows = false;
      const auto [it, fresh] = checks.emplace(c.id, c);
      if (fresh) continue;
      auto broken_in = it->second.broken_in;
      for (const auto& b : c.broken_in) {
        if (std::ranges::find(broken_in, b) == broken_in.end()) broken_in.push_back(b);
      }
      if (rank(c) < rank(it->second)) it->second = c;
      std::ranges::sort(broken_in);
      it->second.broken_in = std::move(broken_in);
    }
  }
  all.checks.clear();
  for (auto& [id, c] : checks) all.checks.push_back(std::move(c));
  return all;
}

namespace {

// How many checks were judged, could not be decided, and were to be run.
struct Share {
  std::size_t ran, lost, planned;
  bool any_case;
  explicit Share(const Run& run)
      : ran(run.count(Verdict::pass) + run.count(Verdict::fail) + run.count(Verdict::warn) + run.count_known()),
        // A check that could not be reached behind a failure is accounted for by that failure.
        lost(static_cast<std::size_t>(std::ranges::count_if(run.checks, [](const Check& c) { return c.verdict == Verdict::inconclusive && !c.follows; }))),
        planned(run.checks.size() - run.count(Verdict::skip)),
        any_case(std::ranges::any_of(run.checks, [](const Check& c) {
          return !c.scenario.empty() && (c.verdict == Verdict::pass || c.verdict == Verdict::fail || c.verdict == Verdict::warn);
        })) {}
};

// What keeps the run from a verdict; 0: nothing.
int status_without_verdict(const Run& run, const Share& share) {
  if (run.interrupted) return 130;
  if (run.misconfigured) return 2;
  if (run.unreachable) return 3;
  if (share.ran == 0 && share.lost == 0) return 6;
  return run.broken || share.lost * 20 > share.planned ? 5 : 0;
}

}  // namespace

std::string no_verdict(const Run& run) {
  const Share share(run);
  switch (status_without_verdict(run, share)) {
    case 130: return "the run was interrupted after " + std::to_string(share.ran) + " of " + std::to_string(share.planned) + " checks";
    case 2: return "the target is not as it is described";
    case 3:
      if (!share.any_case) return "the server could not be reached";
      return "the server stopped serving after " + std::to_string(share.ran) + " of " + std::to_string(share.planned) + " checks, and " +
             std::to_string(share.planned - share.ran) + " could not be judged";
    case 6: return "nothing was judged";
    case 5:
      return run.broken ? "the harness had trouble"
                        : std::to_string(share.lost) + " of " + std::to_string(share.planned) + " checks are inconclusive (more than 5 %)";
    default: return {};
  }
}

int exit_status(const Run& run, bool strict) {
  if (const int status = status_without_verdict(run, Share(run))) return status;
  if (run.count(Verdict::fail) > 0 || (strict && run.count(Verdict::warn) > 0)) return 1;
  if (!run.known_trouble.empty()) return 4;
  return 0;
}

namespace {

std::string number_of(std::size_t n, const char* one, const char* many) { return std::to_string(n) + " " + (n == 1 ? one : many); }

}  // namespace

Headline headline(const Run& run, bool strict) {
  Headline out;
  out.status = exit_status(run, strict);
  const auto fails = run.count(Verdict::fail), warns = run.count(Verdict::warn), known = run.count_known();
  std::set<std::string> broken;
  for (const auto& c : run.checks) {
    if (c.verdict == Verdict::fail && c.known.empty()) broken.insert(c.requirement);
  }
  const auto failures = number_of(broken.size(), "requirement is", "requirements are") + " broken, in " + number_of(fails, "check", "checks");
  switch (out.status) {
    case 0:
      out.words = known ? "CONFORMS BUT FOR KNOWN FAILURES" : "CONFORMS";
      out.why = number_of(run.count(Verdict::pass), "check passes", "checks pass");
      if (warns) out.why += ", " + number_of(warns, "warning", "warnings");
      if (known) out.why += ", " + number_of(known, "failure is", "failures are") + " known";
      break;
    case 1:
      out.words = "DOES NOT CONFORM";
      if (fails) out.why = failures;
      if (strict && warns) out.why += (fails ? "; " : "") + number_of(warns, "warning", "warnings") + ", which --strict counts";
      break;
    case 4:
      out.words = "KNOWN FAILURES ARE OUT OF DATE";
      out.why = number_of(run.known_trouble.size(), "row is", "rows are") + " to be changed";
      break;
    default:
      out.words = out.status == 130 ? "INTERRUPTED" : "NO VERDICT";
      out.why = no_verdict(run);
      if (fails) out.why += "; " + failures;
  }
  return out;
}

}  // namespace mailspec::result
