#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "harness/base/ascii.h"
#include "harness/base/shell.h"
#include "harness/base/text.h"
#include "harness/cli/commands.h"
#include "harness/cli/complete.h"
#include "harness/cli/console.h"
#include "harness/net/haste.h"
#include "harness/result/causes.h"
#include "harness/result/known.h"
#include "harness/result/trace_json.h"
#include "harness/suite/cuts.h"
#include "harness/suite/resume.h"
#include "harness/suite/select.h"
#include "harness/suite/standing.h"
#include "reports/reports.h"

namespace mailspec::cli {

namespace {

const std::vector<std::string> kSegmentations{"line", "octet", "whole", "random"};
constexpr const char* kEvery = "every";

Result<scenario::Segmentation> parse_segmentation(const std::string& name) {
  if (name == kEvery) return scenario::Segmentation::line;
  for (std::size_t i = 0; i < kSegmentations.size(); ++i) {
    if (kSegmentations[i] == name) return static_cast<scenario::Segmentation>(i);
  }
  auto known = kSegmentations;
  known.emplace_back(kEvery);
  return Error{Error::Kind::usage, unknown("segmentation", name, known)};
}

void try_every_cut(result::Run& run, const suite::Library& library, const Subject& subject, const suite::Cases& plan, suite::Options options) {
  options.probe_traces.clear();
  options.finds_smaller = false;
  suite::try_every_cut(run, plan, [&](scenario::Segmentation cut, const suite::Cases& cases) {
    options.segmentation = cut;
    return suite::run(library, cases, subject.offer, subject.accounts, subject.make_stage, options);
  });
  run.segmentation = kEvery;
}

// --shard i/n, or what GoogleTest's runners say: GTEST_SHARD_INDEX of GTEST_TOTAL_SHARDS, from 0.
Status parse_shard(const std::string& given, suite::Options& options) {
  constexpr std::uint64_t kMost = 1000;
  const char* total = std::getenv("GTEST_TOTAL_SHARDS");
  const char* index = std::getenv("GTEST_SHARD_INDEX");
  if (const char* file = std::getenv("GTEST_SHARD_STATUS_FILE"); file && total) {
    if (auto s = write_file(file, ""); !s) return s;  // so a runner learns that its shards are respected
  }
  std::string what = given;
  if (given.empty() && total && index) {
    const auto i = parse_number(index);
    what = (i ? std::to_string(*i + 1) : std::string(index)) + "/" + total;
  }
  if (what.empty()) return ok();
  const auto slash = what.find('/');
  const auto i = parse_number(what.substr(0, slash)), n = slash == std::string::npos ? std::nullopt : parse_number(what.substr(slash + 1));
  if (!i || !n || *i < 1 || *i > *n || *n > kMost) {
    return Error{Error::Kind::usage, given.empty() ? "GTEST_SHARD_INDEX is to be below GTEST_TOTAL_SHARDS; got '" + std::string(index) + "' and '" + total + "'"
                                                   : "--shard wants i/n with i from 1 to n; got '" + given + "'"};
  }
  options.plan.shard = static_cast<int>(*i);
  options.plan.shards = static_cast<int>(*n);
  return ok();
}

// An earlier run that was cut short: what it has judged is not run again.
Result<result::Run> resume(const std::string& file, const std::string& suite_version, const std::vector<const scenario::Case*>& plan, const Subject& subject,
                           suite::Options& options) {
  auto run = result::read_run(file);
  if (!run) return run.error();
  if (run->target != subject.name)
    return Error{Error::Kind::usage, "--resume " + file + " is of another target: '" + visible(run->target) + "', not '" + visible(subject.name) + "'"};
  if (run->suite_version != suite_version)
    return Error{Error::Kind::usage, "--resume " + file + " is of mailspec " + visible(run->suite_version) + ": start anew"};
  if (run->seed != options.seed) return Error{Error::Kind::usage, "--resume " + file + " was run with --seed " + std::to_string(run->seed)};
  if (run->segmentation != scenario::name_of(options.segmentation))
    return Error{Error::Kind::usage, "--resume " + file + " was run with --segmentation " + visible(run->segmentation)};
  options.plan.done = suite::take_up(*run, plan);
  return run;
}

// The target once more, for the command that replays: as it was given. Passwords are in the environment or the target file.
std::string target_words(const TargetArgs& t) {
  std::string out;
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) out += std::string(option) + " " + shell_word(value) + " ";
  };
  const auto flag = [&](const char* option, bool given) {
    if (given) out += std::string(option) + " ";
  };
  if (!t.file.empty()) out += shell_word(t.file) + " ";
  flag("--embedded", t.embedded);
  add("--imap", t.imap);
  add("--imaps", t.imaps);
  add("--pop3", t.pop3);
  add("--pop3s", t.pop3s);
  for (const auto& u : t.users) add("--user", u);
  for (const auto& p : t.password_envs) add("--password-env", p);
  add("--ca", t.ca);
  add("--tls", t.tls);
  add("--deliver", t.deliver);
  add("--recipient", t.recipient);
  if (t.timeout > 0) add("--timeout", printable(std::to_string(t.timeout)));
  add("--pid", t.pid);
  add("--log", t.log);
  flag("--no-verify", t.no_verify);
  flag("--insecure", t.insecure);
  flag("--i-own-this-server", t.own_server);
  flag("--disposable", t.disposable);
  for (const auto& d : t.deviations) add("--deviation", d);
  for (const auto& v : t.variations) add("--variation", v);
  return out;
}

std::string replay_command(const RunArgs& args) {
  return "mailspec replay " + target_words(args.target) + (args.scenarios.empty() ? "" : "--scenarios " + shell_word(args.scenarios) + " ") +
         shell_word(args.traces + "/");
}

// Capabilities the target file promises.
void expect_capabilities(result::Run& run, const Subject& subject) {
  for (const auto& wanted : subject.config.expect) {
    if (subject.offer.pop3_has(wanted) || subject.offer.imap_has(wanted, 1)) continue;
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
  auto library = suite::load_library(args.scenarios);
  if (!library) return complain(library.error());
  const auto rules = suite::rule_requirements();
  auto plan = suite::select(*library, args.selectors, rules);
  if (!plan) return complain(plan.error());
  auto segmentation = parse_segmentation(args.segmentation);
  if (!segmentation) return complain(segmentation.error());
  auto reports = parse_reports(args.reports, kinds_of(reports::formats()));
  if (!reports) return complain(reports.error());
  suite::Options options;
  if (auto s = parse_shard(args.shard, options); !s) return complain(s.error());
  std::vector<result::KnownRow> known;
  if (!args.known.empty()) {
    auto text = read_file(args.known);
    if (!text) return complain(text.error());
    auto rows = result::parse_known(args.known, *text);
    if (!rows) return complain(rows.error());
    known = *rows;
    result::rename(known, library->former);
  }
  auto subject = make_subject(args.target, *library, args.slow, args.heavy, &options.probe_traces);
  if (net::take_cut_short()) options.probe_traces.clear();
  if (!subject) {
    const int status = complain(subject.error());
    if (status == kUsage && options.probe_traces.empty()) return status;
    // Unreachable: the reports say so.
    // A server that answers, but so that nobody gets in, is judged by what it has said.
    const std::vector<const scenario::Case*> none;
    auto run = suite::run(*library, none, {}, {}, {}, options);
    std::erase_if(run.checks, [](const result::Check& c) { return c.verdict != result::Verdict::fail && c.verdict != result::Verdict::warn; });
    run.suite_version = library->version();
    run.target = args.target.file.empty() ? args.target.pop3 + args.target.pop3s + args.target.imap + args.target.imaps : args.target.file;
    run.started = now_utc();
    run.seed = args.seed;
    run.segmentation = args.segmentation;
    run.interrupted = interrupted();
    run.unreachable = status == kUnreachable;
    run.misconfigured = status == kUsage;
    run.broken = status == kHarness;
    run.troubles.push_back(subject.error().what);
    result::tell_about(run, library->catalogue);
    return tell(run, *reports, {args.strict, false, args.quiet, {}, args.known});
  }
  options.lanes.jobs = subject->embedded ? 1 : args.jobs > 0 ? args.jobs : subject->config.jobs;
  options.lanes.lockout_accounts = static_cast<int>(subject->config.special["wrong-password"].size());
  options.plan.refusals_last = subject->config.refuses_own;
  options.seed = args.seed;
  options.segmentation = *segmentation;
  options.patience = scenario::Patience::of(subject->embedded ? 10 : subject->config.timeout);
  options.keep_traces = args.keep_traces;
  options.trace_directory = args.traces;
  options.finds_smaller = args.minimise;
  options.interrupt = &interrupted();
  if (!args.selectors.empty()) options.rules_asked = suite::select_rules(rules, args.selectors);
  std::optional<result::Run> earlier;
  if (!args.resume.empty()) {
    // The other cuts would leave out what the earlier run has judged with one.
    if (args.segmentation == kEvery) return complain({Error::Kind::usage, "--resume goes on with one segmentation; --segmentation every starts anew"});
    auto resumed = resume(args.resume, library->version(), *plan, *subject, options);
    if (!resumed) return complain(resumed.error());
    earlier = std::move(*resumed);
  }
  const auto started = now_utc();
  const auto ids = all_check_ids(*library);
  const auto finish = [&](result::Run& run, const std::vector<result::KnownRow>& rows) {
    result::apply_known(run, rows, ids, started.substr(0, 10), args.known);
    result::tell_about(run, library->catalogue);
    run.replay = replay_command(args);
  };
  const auto finish_one = [&](result::Run& one) {
    std::vector<result::KnownRow> rows;
    std::ranges::copy_if(known, std::back_inserter(rows), [&](const auto& row) { return row.id == one.checks[0].id; });
    one.server = subject->offer.greeting();
    one.version = subject->config.version;
    finish(one, rows);
  };
  Console console({!args.quiet && on_terminal(STDERR_FILENO), !args.quiet, args.verbose, wants_colour(STDOUT_FILENO)}, finish_one);
  options.watch = &console;
  // A case that goes wrong may follow from another, which is known when all have been run.
  console.keep_failures();
  auto run = suite::run(*library, *plan, subject->offer, subject->accounts, subject->make_stage, options);
  if (args.segmentation == kEvery && !interrupted()) try_every_cut(run, *library, *subject, *plan, options);
  console.quiet();
  run.suite_version = library->version();
  run.target = subject->name;
  run.version = subject->config.version;
  run.started = started;
  expect_capabilities(run, *subject);
  if (earlier) {
    auto all = result::merge({std::move(*earlier), std::move(run)});
    if (!all) return complain(all.error());
    run = std::move(*all);
    result::find_causes(run, library->catalogue);
  }
  finish(run, known);
  return tell(run, *reports, {args.strict, args.verbose, args.quiet, console.told(), args.known});
}

Options target_options(TargetArgs& t) {
  return {
      {"--embedded", &t.embedded, "the reference server, in this process and in virtual time"},
      {"--pop3", &t.pop3, "POP3 in clear: HOST:PORT or exec:COMMAND", "ENDPOINT"},
      {"--pop3s", &t.pop3s, "POP3 over TLS: HOST:PORT", "ENDPOINT"},
      {"--imap", &t.imap, "IMAP in clear: HOST:PORT or exec:COMMAND", "ENDPOINT"},
      {"--imaps", &t.imaps, "IMAP over TLS: HOST:PORT", "ENDPOINT"},
      {"--user", &t.users, "account whose maildrop the suite may fill and empty; repeatable", "NAME"},
      {"--password-env", &t.password_envs, "environment variable with the password of all users, or NAME=VARIABLE for one; repeatable", "VARIABLE"},
      {"--ca", &t.ca, "certificates to trust (PEM)", "FILE"},
      {"--no-verify", &t.no_verify, "do not insist on a valid certificate in set-up"},
      {.name = "--tls", .into = &t.tls, .help = "auto, or require: no password without TLS", .choices = {"auto", "require"}},
      {"--deliver", &t.deliver,
       "how messages get into a maildrop: a command that takes one on standard input ({user} is the account), lmtp://HOST:PORT, smtp://HOST:PORT, or append: "
       "by IMAP APPEND to INBOX (the default where INBOX is found to be the maildrop)",
       "HOW"},
      {"--recipient", &t.recipient, "address for LMTP and SMTP ({user} is the account; default {user})", "ADDRESS"},
      {"--server-version", &t.server_version, "of the server, for reports and known failures", "TEXT"},
      {"--timeout", &t.timeout, "seconds to wait for a response (default 10)", "SECONDS"},
      {.name = "--wait",
       .into = &t.wait,
       .help = "seconds to wait for the server to come up (default: none)",
       .value = "SECONDS",
       .range = std::pair{0.0, 86400.0}},
      {"--pid", &t.pid, "process of a server on this machine, or a file that holds it: its memory, descriptors and end are watched", "PID"},
      {"--log", &t.log, "file a server on this machine logs to: what it says of a crash is told", "FILE"},
      {"--insecure", &t.insecure, "allow passwords in clear off loopback"},
      {"--i-own-this-server", &t.own_server, "allow slow, heavy and wrong-password cases off loopback"},
      {"--disposable", &t.disposable, "the maildrops may be emptied whatever they hold"},
      {.name = "--deviation",
       .into = &t.deviations,
       .help = "break the embedded server on purpose; repeatable (serve --list names them)",
       .value = "NAME",
       .offers = offer_deviations()},
      {.name = "--variation",
       .into = &t.variations,
       .help = "let the embedded server make another legal choice; repeatable",
       .value = "NAME",
       .offers = offer_variations()},
  };
}

Options run_options(RunArgs& a) {
  return {
      reports_option(
          a.reports, kinds_of(reports::formats()),
          "write a report: github=FILE (annotations), html=FILE, json=FILE, junit=FILE, md=FILE, sarif=FILE, tap=FILE, text=FILE; repeatable, or with "
          "commas"),
      {"--known", &a.known, "known failures (TOML) of this target", "FILE"},
      {"--scenarios", &a.scenarios, "directory with scenarios of your own, beside the suite's", "DIR"},
      {.name = "--traces", .into = &a.traces, .help = "where traces of failures are kept", .value = "DIR", .tells_default = true},
      {"--keep-traces", &a.keep_traces, "keep the traces of all cases"},
      {"--no-minimise", Clears{&a.minimise}, "do not look for the smallest part of an input that brings on a hang, an end or a crash (30 s at most for each)"},
      {"--jobs", &a.jobs, "cases at a time (default: one on each account); with more, IMAP cases that keep to mailboxes of their own share accounts"},
      {.name = "--seed", .into = &a.seed, .help = "of all that is random", .tells_default = true},
      {.name = "--segmentation",
       .into = &a.segmentation,
       .help = "how what is sent is cut: line, octet, whole or random; every: each in turn, and the verdicts are to be the same",
       .tells_default = true,
       .offers = offer_words({"line", "octet", "whole", "random", "every"})},
      {"--shard", &a.shard, "run only part i of n (or GTEST_TOTAL_SHARDS and GTEST_SHARD_INDEX); mailspec report merge joins the results", "i/n"},
      {"--resume", &a.resume, "JSON report of a run that was cut short: go on from there", "FILE"},
      {"--strict", &a.strict, "a broken should fails the run, too"},
      {"--slow", &a.slow, "run cases that wait for real timers"},
      {"--heavy", &a.heavy, "run cases with very large maildrops and messages"},
      {"--verbose", &a.verbose, "the wire, live, on standard error; and what was skipped, and why"},
      {"--quiet", &a.quiet, "failures and the summary, nothing else"},
  };
}

bool take_words(const std::vector<std::string>& words, TargetArgs& target, std::vector<std::string>& rest) {
  for (const auto& w : words) {
    if (w.empty()) {
      std::fputs("mailspec: an argument is empty: is a variable not set?\n", stderr);
      return false;
    }
    if (w.ends_with(".toml")) target.file = w;
    else rest.push_back(w);
  }
  return true;
}

Subcommand run_subcommand() {
  struct Given : RunArgs {
    std::vector<std::string> words;
  };
  auto given = std::make_shared<Given>();
  auto options = target_options(given->target);
  options.push_back({.name = "what",
                     .into = &given->words,
                     .help = "a target file (*.toml), and selectors: ids, globs and section prefixes (rfc1939/5), scenario paths, cap:X, level:X, tag:X",
                     .offers = offer_selectors()});
  std::ranges::move(run_options(*given), std::back_inserter(options));
  return {"run", "test a server", std::move(options), [given] { return take_words(given->words, given->target, given->selectors) ? run(*given) : kUsage; }};
}

}  // namespace mailspec::cli
