#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/cli/commands.h"
#include "harness/result/known.h"
#include "harness/result/trace_json.h"
#include "reports/reports.h"

namespace mailspec::cli {

namespace {

const std::vector<std::string> kSegmentations{"line", "octet", "whole", "random"};
constexpr const char* kEvery = "every";
constexpr const char* kAnyCutImap = "rfc9051/2.2/any-cut";
constexpr const char* kAnyCutPop3 = "rfc1939/3/command-ends-at-crlf";

Result<scenario::Segmentation> parse_segmentation(const std::string& name) {
  if (name == kEvery) return scenario::Segmentation::line;
  for (std::size_t i = 0; i < kSegmentations.size(); ++i) {
    if (kSegmentations[i] == name) return static_cast<scenario::Segmentation>(i);
  }
  auto known = kSegmentations;
  known.emplace_back(kEvery);
  return Error{Error::Kind::usage, unknown("segmentation", name, known)};
}

// On a terminal one line that is written over; in a pipe nothing.
class Progress {
 public:
  explicit Progress(bool show) : x_show(show) {}
  ~Progress() {
    if (x_drawn) std::fputs("\r\x1b[K", stderr);
  }
  void operator()(std::size_t done, std::size_t all, const std::string& what) {
    if (!x_show) return;
    x_drawn = true;
    std::fprintf(stderr, "\r\x1b[K[%zu/%zu] %.60s", done, all, what.c_str());
    std::fflush(stderr);
  }

 private:
  bool x_show;
  bool x_drawn = false;
};

// The suite once more for each other way to cut what is sent: TCP keeps no edges, so the verdicts are to be the same. What differs is tried
// again, and then is a finding of its own.
void try_every_cut(result::Run& run, const Library& library, const Subject& subject, const std::vector<const scenario::Case*>& plan, SuiteOptions options) {
  std::map<std::string, result::Verdict> before;
  for (const auto& c : run.checks) {
    if (!c.scenario.empty()) before[c.id] = c.verdict;
  }
  const auto differs = [&](const result::Check& c) {
    const auto it = before.find(c.id);
    if (it == before.end() || it->second == c.verdict || c.follows) return false;
    // Where set-up worked with whole lines and fails otherwise, that is a difference, too.
    return it->second != result::Verdict::inconclusive && it->second != result::Verdict::skip && c.verdict != result::Verdict::skip;
  };
  options.probe_traces.clear();
  std::map<std::string, result::Check> found;  // by requirement
  for (const auto cut : {scenario::Segmentation::octet, scenario::Segmentation::whole, scenario::Segmentation::random}) {
    options.segmentation = cut;
    auto other = run_suite(library, plan, subject.offer, subject.accounts, subject.make_stage, options);
    std::set<std::string> scenarios;
    for (const auto& c : other.checks) {
      if (differs(c)) scenarios.insert(c.scenario);
    }
    if (!scenarios.empty()) {
      std::vector<const scenario::Case*> again;
      std::ranges::copy_if(plan, std::back_inserter(again), [&](const auto* c) { return scenarios.contains(c->path); });
      other = run_suite(library, again, subject.offer, subject.accounts, subject.make_stage, options);
    }
    for (const auto* id : {kAnyCutImap, kAnyCutPop3}) {
      auto& check = found[id];
      check.id = check.requirement = id;
      if (check.broken_in.empty()) check.verdict = result::Verdict::pass;
      for (const auto& c : other.checks) {
        if (c.scenario.empty() || !differs(c) || (c.scenario.starts_with("pop3/") != (id == kAnyCutPop3))) continue;
        if (check.broken_in.empty()) {
          check.verdict = result::Verdict::fail;
          check.kind = "wrong";
          check.reason = std::string("cut by '") + scenario::name_of(cut) + "' " + c.id + " is " + name_of(c.verdict) + ", cut by 'line' " +
                         name_of(before[c.id]) + (c.reason.empty() ? "" : ": " + c.reason);
          check.wire = c.wire;
          check.trace = c.trace;
        }
        check.broken_in.push_back(std::string(scenario::name_of(cut)) + ": " + c.id);
      }
    }
  }
  for (auto& [id, check] : found) {
    const bool exercised = std::ranges::any_of(run.checks, [&](const auto& c) { return c.scenario.starts_with(id == kAnyCutPop3 ? "pop3/" : "imap/"); });
    if (exercised) run.checks.push_back(std::move(check));
  }
  std::ranges::sort(run.checks, {}, &result::Check::id);
  run.segmentation = kEvery;
}

// Capabilities the target file promises.
void expect_capabilities(result::Run& run, const Subject& subject) {
  for (const auto& wanted : subject.config.expect) {
    if (subject.offer.has(wanted) || subject.offer.imap_has(wanted, 1)) continue;
    result::Check check;
    check.id = check.requirement = "target/expect/" + lower(wanted);
    check.verdict = result::Verdict::fail;
    check.kind = "wrong";
    check.reason = "the target file expects " + wanted + ", and the server does not offer it";
    run.checks.push_back(std::move(check));
  }
}

}  // namespace

int run(const RunArgs& args) {
  auto library = load_library(args.scenarios);
  if (!library) return complain(library.error());
  const auto rules = rule_requirements();
  auto plan = select(*library, args.selectors, rules);
  if (!plan) return complain(plan.error());
  auto segmentation = parse_segmentation(args.segmentation);
  if (!segmentation) return complain(segmentation.error());
  auto reports = parse_reports(args.reports, reports::kinds());
  if (!reports) return complain(reports.error());
  SuiteOptions options;
  if (!args.shard.empty()) {
    const auto slash = args.shard.find('/');
    const auto i = parse_number(args.shard.substr(0, slash)), n = slash == std::string::npos ? std::nullopt : parse_number(args.shard.substr(slash + 1));
    if (!i || !n || *i < 1 || *i > *n || *n > 1000) return complain({Error::Kind::usage, "--shard wants i/n with i from 1 to n; got '" + args.shard + "'"});
    options.shard = static_cast<int>(*i);
    options.shards = static_cast<int>(*n);
  }
  std::vector<result::KnownRow> known;
  if (!args.known.empty()) {
    auto text = read_file(args.known);
    if (!text) return complain(text.error());
    auto rows = result::parse_known(args.known, *text);
    if (!rows) return complain(rows.error());
    known = *rows;
  }
  const auto write_reports = [&](const result::Run& run) -> int {
    for (const auto& report : *reports) {
      if (auto s = write_file(report.file, reports::write(report.kind, run, args.strict)); !s) return complain(s.error());
    }
    return 0;
  };
  auto subject = make_subject(args.target, *library, args.slow, args.heavy, &options.probe_traces);
  if (!subject) {
    const int status = complain(subject.error());
    if (status == kUsage && options.probe_traces.empty()) return status;
    // Unreachable: the reports say so.
    // A server that answers, but so that nobody gets in, is judged by what it has said.
    const std::vector<const scenario::Case*> none;
    auto run = run_suite(*library, none, {}, {}, {}, options);
    std::erase_if(run.checks, [](const result::Check& c) { return c.verdict != result::Verdict::fail && c.verdict != result::Verdict::warn; });
    run.suite_version = MAILSPEC_VERSION;
    run.target = args.target.file.empty() ? args.target.pop3 + args.target.pop3s + args.target.imap + args.target.imaps : args.target.file;
    run.started = now_utc();
    run.seed = args.seed;
    run.segmentation = args.segmentation;
    run.unreachable = status == kUnreachable;
    run.broken = status == kHarness;
    run.troubles.push_back(subject.error().what);
    result::tell_about(run, library->catalogue);
    if (!run.checks.empty()) std::fputs(reports::text(run, {}).c_str(), stdout);
    write_reports(run);
    return status;
  }
  Progress progress(!args.quiet && on_terminal(STDERR_FILENO));
  options.jobs = subject->embedded ? 1 : args.jobs > 0 ? args.jobs : subject->config.jobs;
  options.lockout_accounts = static_cast<int>(subject->config.special["wrong-password"].size());
  options.seed = args.seed;
  options.segmentation = *segmentation;
  options.patience.reply = subject->embedded ? 10 : subject->config.timeout;
  options.keep_traces = args.keep_traces;
  options.trace_directory = args.traces;
  options.progress = std::ref(progress);
  options.interrupt = &interrupted();
  options.restrict_rules = !args.selectors.empty();
  if (options.restrict_rules) {
    // A requirement that was asked for by name is reported although only standing rules judge it.
    for (const auto& id : rules) {
      for (const auto& s : args.selectors) {
        if (id == s || id.starts_with(s + "/") || id.starts_with(s + ".") || glob(s, id)) options.rule_filter.push_back(id);
      }
    }
  }
  const auto started = now_utc();
  auto run = run_suite(*library, *plan, subject->offer, subject->accounts, subject->make_stage, options);
  if (args.segmentation == kEvery && !interrupted()) try_every_cut(run, *library, *subject, *plan, options);
  run.suite_version = MAILSPEC_VERSION;
  run.target = subject->name;
  run.started = started;
  expect_capabilities(run, *subject);
  result::apply_known(run, known, all_check_ids(*library), started.substr(0, 10), args.known);
  result::tell_about(run, library->catalogue);
  run.replay = "mailspec replay " +
               (args.target.embedded       ? std::string("--embedded ")
                : args.target.file.empty() ? std::string()
                                           : args.target.file + " ") +
               args.traces + "/";
  reports::TextOptions text;
  text.colour = on_terminal(STDOUT_FILENO) && !std::getenv("NO_COLOR");
  text.strict = args.strict;
  text.verbose = args.verbose;
  std::fputs(reports::text(run, text).c_str(), stdout);
  const int written = write_reports(run);
  for (const auto& report : *reports) std::fprintf(stdout, "%s report: %s\n", report.kind.c_str(), report.file.c_str());
  const int status = result::exit_status(run, args.strict);
  return written ? written : status;
}

}  // namespace mailspec::cli
