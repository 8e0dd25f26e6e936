// selftest: the matrix, told and weighed.
#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <iterator>

#include "harness/base/text.h"
#include "harness/cli/commands.h"
#include "harness/cli/complete.h"
#include "harness/cli/matrix.h"

namespace mailspec::cli {

namespace {

constexpr std::size_t kMostBreaks = 3;   // that a row may name beside its own requirement
constexpr double kMostNaming = 0.2;      // the share of the rows that may name any
constexpr std::size_t kMostLosing = 30;  // rows

struct SelftestArgs {
  MatrixOptions matrix;
  bool verbose = false;
  std::vector<std::string> reports;
  std::string scenarios;
  std::size_t most_unexplained = 0, most_losing = 0;  // of --full: more is a failure
  std::size_t long_way = 0;                           // so many deviations of --full over all cases, too
};

// What the matrix holds off its diagonal.
struct OffDiagonal {
  std::size_t unexplained = 0, named = 0, naming = 0, stale = 0, losing = 0, losing_unsaid = 0, greedy = 0, rows = 0;

  explicit OffDiagonal(const std::vector<Outcome>& deviations) : rows(deviations.size()) {
    for (const auto& d : deviations) {
      unexplained += d.unexplained.size();
      named += d.named.size();
      naming += !d.named.empty() || !d.stale.empty();
      stale += d.stale.size();
      greedy += d.named.size() + d.stale.size() > kMostBreaks;
      losing += d.lost > kLossTold;
      losing_unsaid += d.lost > kLossTold && d.costs.empty();
    }
  }
  // `most`: so many may be left unexplained, and so many rows lose checks without a reason.
  bool good(const SelftestArgs& most) const {
    return unexplained <= most.most_unexplained && stale == 0 && greedy == 0 && static_cast<double>(naming) <= kMostNaming * static_cast<double>(rows) &&
           losing <= kMostLosing && losing_unsaid <= most.most_losing;
  }
  std::string text() const {
    char out[200];
    std::snprintf(out, sizeof out, "off the diagonal: %zu unexplained, %zu named in %zu deviations, %zu stale; %zu lose more than 5 %%", unexplained, named,
                  naming, stale, losing);
    return out;
  }
};

boost::json::array rows_to_json(const std::vector<Outcome>& rows, const char* good) {
  boost::json::array out;
  for (const auto& r : rows) {
    boost::json::object o{{"name", r.name}, {"about", r.about}, {good, r.good}};
    if (!r.requirement.empty()) o["requirement"] = r.requirement;
    o["caught_by"] = boost::json::value_from(r.caught_by);
    boost::json::array tripped;
    for (const auto& t : r.tripped)
      tripped.push_back(boost::json::object{{"requirement", t.requirement}, {"checks", t.checks}, {"check", visible(t.check)}, {"reason", visible(t.reason)}});
    o["tripped"] = std::move(tripped);
    o["unexplained"] = boost::json::value_from(r.unexplained);
    o["named"] = boost::json::value_from(r.named);
    o["stale"] = boost::json::value_from(r.stale);
    o["lost"] = r.lost;
    if (!r.lost_first.empty()) {
      boost::json::array lost;
      for (const auto& l : r.lost_first) lost.push_back(boost::json::value(visible(l)));
      o["lost_first"] = std::move(lost);
    }
    if (!r.costs.empty()) o["costs"] = r.costs;
    o["cases"] = r.cases;
    if (!r.trouble.empty()) o["trouble"] = visible(r.trouble);
    out.push_back(std::move(o));
  }
  return out;
}

void print_deviation(const Outcome& d, bool full) {
  std::printf("%-9s %-36s %s\n", d.good ? "caught" : "SURVIVED", d.name.c_str(), d.requirement.c_str());
  if (!d.good) std::printf("          %s\n", d.about.c_str());
  for (const auto& id : d.caught_by) std::printf("            by %s\n", visible(id).c_str());
  for (const auto& t : d.tripped) {
    const bool named = std::ranges::find(d.named, t.requirement) != d.named.end();
    if (!full && d.good) continue;
    std::printf("            also trips %s%s, in %zu checks: %s: %s\n", t.requirement.c_str(),
                named  ? " (named)"
                : full ? " (unexplained)"
                       : "",
                t.checks, visible(t.check).c_str(), visible(t.reason, 300).c_str());
  }
  for (const auto& id : d.stale) std::printf("            stale: does not trip %s, which its row names\n", id.c_str());
  if (d.lost > kLossTold) {
    std::printf("            %.0f %% of the checks are lost%s%s\n", 100 * d.lost, d.costs.empty() ? "" : ": ", d.costs.c_str());
    for (const auto& l : d.lost_first) std::printf("              %s\n", visible(l, 200).c_str());
  }
  if (!d.trouble.empty()) std::printf("            trouble: %s\n", visible(d.trouble).c_str());
}

void print_variation(const Outcome& v) {
  std::printf("%-9s %s\n", v.good ? "passed" : "FLAGGED", v.name.c_str());
  for (const auto& t : v.tripped) std::printf("            %s: %s\n", visible(t.check).c_str(), visible(t.reason, 600).c_str());
  if (v.lost > 0) std::printf("            %.1f %% of the checks are inconclusive: %s\n", 100 * v.lost, v.costs.c_str());
  if (!v.trouble.empty()) std::printf("            trouble: %s\n", visible(v.trouble).c_str());
}

std::string to_json(const SelftestArgs& args, const Matrix& matrix) {
  boost::json::object all{{"mailspec_selftest", 2},
                          {"suite_version", MAILSPEC_VERSION},
                          {"seed", args.matrix.seed},
                          {"full", args.matrix.full},
                          {"deviations", rows_to_json(matrix.deviations, "caught")},
                          {"variations", rows_to_json(matrix.variations, "passed")}};
  if (args.matrix.full) all["off_the_diagonal"] = OffDiagonal(matrix.deviations).text();
  return boost::json::serialize(all) + "\n";
}

int selftest(const SelftestArgs& args) {
  auto library = suite::load_library(args.scenarios);
  if (!library) return complain(library.error());
  auto reports = parse_reports(args.reports, {"json"});
  if (!reports) return complain(reports.error());
  if (args.long_way != 0 && !args.matrix.full) return complain({Error::Kind::usage, "--long compares what --full finds: give both"});
  const auto started = std::chrono::steady_clock::now();
  auto options = args.matrix;
  options.long_way = args.long_way;
  const auto [deviations, variations, differing] = make_matrix(*library, options, args.long_way != 0);
  if (deviations.empty() && variations.empty())
    return complain({Error::Kind::usage, "no deviation and no variation is called that: see mailspec serve --list"});
  std::size_t survivors = 0, flagged = 0;
  for (const auto& d : deviations) {
    survivors += !d.good;
    const bool amiss = args.matrix.full && (!d.unexplained.empty() || !d.stale.empty() || (d.lost > kLossTold && d.costs.empty()));
    if (!d.good || amiss || args.verbose) print_deviation(d, args.matrix.full);
  }
  for (const auto& v : variations) {
    flagged += !v.good;
    if (!v.good || args.verbose) print_variation(v);
  }
  for (const auto& d : differing) std::printf("LONG WAY  %s\n", d.c_str());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  std::printf("selftest: %zu of %zu deviations caught, %zu of %zu variations passed, in %.1f s\n", deviations.size() - survivors, deviations.size(),
              variations.size() - flagged, variations.size(), seconds);
  const OffDiagonal off(deviations);
  if (args.matrix.full) std::printf("%s\n", off.text().c_str());
  for (const auto& report : *reports) {
    if (auto s = write_file(report.file, to_json(args, {deviations, variations, differing})); !s) return complain(s.error());
    std::printf("json report: %s\n", report.file.c_str());
  }
  if (interrupted()) return kInterrupted;
  return survivors || flagged || !differing.empty() || (args.matrix.full && !off.good(args)) ? 1 : 0;
}

}  // namespace

Subcommand selftest_subcommand() {
  auto a = std::make_shared<SelftestArgs>();
  return {
      "selftest",
      "prove the suite: every deviation caught, no variation flagged",
      {{"--full", &a->matrix.full, "the whole suite for each deviation, with what else it trips"},
       {.name = "--most-unexplained", .into = &a->most_unexplained, .help = "with --full: more unexplained requirements are a failure", .tells_default = true},
       {.name = "--most-losing",
        .into = &a->most_losing,
        .help = "with --full: more rows that lose checks without a reason are a failure",
        .tells_default = true},
       {.name = "--long",
        .into = &a->long_way,
        .help = "with --full: try so many deviations on all cases, and compare",
        .value = "N",
        .range = std::pair{1.0, 1e6}},
       {"--verbose", &a->verbose, "the whole matrix, not only what is amiss"},
       {.name = "--report", .into = &a->reports, .help = "json=FILE", .value = "json=FILE", .offers = offer_reports({"json"})},
       {.name = "--mixes", .into = &a->matrix.mixes, .help = "seeded mixes of variations to run", .tells_default = true},
       {.name = "--seed", .into = &a->matrix.seed, .help = "of the mixes", .tells_default = true},
       scenarios_option(a->scenarios),
       {.name = "only",
        .into = &a->matrix.only,
        .help = "names or globs of deviations, variations or requirements",
        .offers =
            [](const std::string& word) {
              auto out = offer_deviations()(word);
              std::ranges::move(offer_variations()(word), std::back_inserter(out));
              return out;
            }}},
      [a] { return selftest(*a); }};
}

}  // namespace mailspec::cli
