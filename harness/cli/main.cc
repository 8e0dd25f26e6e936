#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "harness/base/text.h"
#include "harness/cli/commands.h"
#include "harness/cli/complete.h"
#include "harness/cli/left_out.h"

using namespace mailspec::cli;

namespace {

void add_target(CLI::App* app, TargetArgs& t) {
  app->add_option("target", t.file, "target file (TOML); see ci/servers/README.md");
  app->add_flag("--embedded", t.embedded, "the reference server, in this process and in virtual time");
  app->add_option("--pop3", t.pop3, "POP3 in clear: HOST:PORT or exec:COMMAND")->type_name("ENDPOINT");
  app->add_option("--pop3s", t.pop3s, "POP3 over TLS: HOST:PORT")->type_name("ENDPOINT");
  app->add_option("--imap", t.imap, "IMAP in clear: HOST:PORT or exec:COMMAND")->type_name("ENDPOINT");
  app->add_option("--imaps", t.imaps, "IMAP over TLS: HOST:PORT")->type_name("ENDPOINT");
  app->add_option("--user", t.users, "account whose maildrop the suite may fill and empty; repeatable")->type_name("NAME")->allow_extra_args(false);
  app->add_option("--password-env", t.password_envs, "environment variable with the password of all users, or NAME=VARIABLE for one; repeatable")
      ->type_name("VARIABLE")
      ->allow_extra_args(false);
  app->add_option("--ca", t.ca, "certificates to trust (PEM)")->type_name("FILE");
  app->add_flag("--no-verify", t.no_verify, "do not insist on a valid certificate in set-up");
  app->add_option("--tls", t.tls, "auto, or require: no password without TLS")->check(CLI::IsMember({"auto", "require"}));
  app->add_option(
         "--deliver", t.deliver,
         "how messages get into a maildrop: a command that takes one on standard input ({user} is the account), lmtp://HOST:PORT, smtp://HOST:PORT, or append: "
         "by IMAP APPEND to INBOX (the default where INBOX is found to be the maildrop)")
      ->type_name("HOW");
  app->add_option("--recipient", t.recipient, "address for LMTP and SMTP ({user} is the account; default {user})")->type_name("ADDRESS");
  app->add_option("--server-version", t.server_version, "of the server, for reports and known failures")->type_name("TEXT");
  app->add_option("--timeout", t.timeout, "seconds to wait for a response (default 10)")->type_name("SECONDS");
  app->add_option("--wait", t.wait, "seconds to wait for the server to come up (default: none)")->type_name("SECONDS")->check(CLI::Range(0.0, 86400.0));
  app->add_option("--pid", t.pid, "process of a server on this machine, or a file that holds it: its memory, descriptors and end are watched")
      ->type_name("PID");
  app->add_option("--log", t.log, "file a server on this machine logs to: what it says of a crash is told")->type_name("FILE");
  app->add_flag("--insecure", t.insecure, "allow passwords in clear off loopback");
  app->add_flag("--i-own-this-server", t.own_server, "allow slow, heavy and wrong-password cases off loopback");
  app->add_flag("--disposable", t.disposable, "the maildrops may be emptied whatever they hold");
  app->add_option("--deviation", t.deviations, "break the embedded server on purpose; repeatable (serve --list names them)")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app->add_option("--variation", t.variations, "let the embedded server make another legal choice; repeatable")->type_name("NAME")->allow_extra_args(false);
}

void add_run(CLI::App* app, RunArgs& a) {
  app->add_option(
         "--report", a.reports,
         "write a report: github=FILE (annotations), html=FILE, json=FILE, junit=FILE, md=FILE, sarif=FILE, tap=FILE, text=FILE; repeatable, or with commas")
      ->type_name("KIND=FILE")
      ->allow_extra_args(false);
  app->add_option("--known", a.known, "known failures (TOML) of this target")->type_name("FILE");
  app->add_option("--scenarios", a.scenarios, "directory with scenarios of your own, beside the suite's")->type_name("DIR");
  app->add_option("--traces", a.traces, "where traces of failures are kept")->type_name("DIR")->capture_default_str();
  app->add_flag("--keep-traces", a.keep_traces, "keep the traces of all cases");
  app->add_flag_callback(
      "--no-minimise", [&a] { a.minimise = false; },
      "do not look for the smallest part of an input that brings on a hang, an end or a crash (30 s at most for each)");
  app->add_option("--jobs", a.jobs, "cases at a time (default: one on each account); with more, IMAP cases that keep to mailboxes of their own share accounts");
  app->add_option("--seed", a.seed, "of all that is random")->capture_default_str();
  app->add_option("--segmentation", a.segmentation,
                  "how what is sent is cut: line, octet, whole or random; every: each in turn, and the verdicts are to be the same")
      ->capture_default_str();
  app->add_option("--shard", a.shard, "run only part i of n (or GTEST_TOTAL_SHARDS and GTEST_SHARD_INDEX); mailspec report merge joins the results")
      ->type_name("i/n");
  app->add_option("--resume", a.resume, "JSON report of a run that was cut short: go on from there")->type_name("FILE");
  app->add_flag("--strict", a.strict, "a broken should fails the run, too");
  app->add_flag("--slow", a.slow, "run cases that wait for real timers");
  app->add_flag("--heavy", a.heavy, "run cases with very large maildrops and messages");
  app->add_flag("--verbose", a.verbose, "the wire, live, on standard error; and what was skipped, and why");
  app->add_flag("--quiet", a.quiet, "failures and the summary, nothing else");
}

void collect_options(const CLI::App* app, std::vector<std::string>& out) {
  for (const auto* option : app->get_options()) {
    for (const auto& name : option->get_lnames()) out.push_back("--" + name);
  }
  for (const auto* sub : app->get_subcommands([](const CLI::App*) { return true; })) {
    out.push_back(sub->get_name());
    collect_options(sub, out);
  }
}

// Of mailspec, and of the scenarios that it carries.
std::string version_text() {
  const auto library = mailspec::suite::load_library("");
  if (!library) return MAILSPEC_VERSION;
  std::size_t requirements = 0;
  for (const auto& [id, r] : library->catalogue.all()) requirements += r.gone.empty() && r.sight == mailspec::oracle::Requirement::Sight::testable;
  return "mailspec " + library->version() + "\nscenario set " + library->set + ": " + std::to_string(library->files.size()) + " scenarios in " +
         std::to_string(library->cases.size()) + " cases, " + std::to_string(requirements) + " requirements";
}

// As if nobody had written these extensions of IMAP.
void leave_out_all(const std::vector<std::string>& extensions) {
  for (const auto& name : extensions) {
    if (const auto s = leave_out(name); !s) throw CLI::ValidationError("--without-extension", s.error().what);
  }
}

}  // namespace

int main(int argc, char** argv) {
  catch_signals();
  CLI::App app{
      "mailspec tests how far a mail server keeps to the IMAP4rev1, IMAP4rev2 and POP3 standards, requirement by requirement.\n"
      "Start with: mailspec run --embedded; then mailspec doctor and mailspec run on your own server.\n"
      "Exit status of run: 0 as expected, 1 failure, 2 usage, 3 unreachable, 4 stale known failures,\n"
      "5 harness trouble, 6 nothing ran, 130 interrupted."};
  app.set_version_flag("--version", version_text);
  app.require_subcommand(1);
  // For tests, and not shown in any help.
  app.add_option_function<std::vector<std::string>>("--without-extension", leave_out_all)->group("");
  int status = 0;

  RunArgs run_args;
  auto* run_app = app.add_subcommand("run", "test a server");
  // The target file and selectors share the positional places: what ends in .toml is the target.
  std::vector<std::string> words;
  add_target(run_app, run_args.target);
  run_app->remove_option(run_app->get_option("target"));
  run_app->add_option("what", words,
                      "a target file (*.toml), and selectors: ids, globs and section prefixes (rfc1939/5), scenario paths, cap:X, level:X, tag:X");
  add_run(run_app, run_args);
  const auto split_words = [](const std::vector<std::string>& given, TargetArgs& target, std::vector<std::string>& rest, const std::string& suffix) {
    for (const auto& w : given) {
      if (w.empty()) {
        std::fputs("mailspec: an argument is empty: is a variable not set?\n", stderr);
        return false;
      }
      if (w.ends_with(suffix)) target.file = w;
      else rest.push_back(w);
    }
    return true;
  };
  run_app->callback([&] { status = split_words(words, run_args.target, run_args.selectors, ".toml") ? run(run_args) : kUsage; });

  std::string scenarios, what = "checks", id, result_file, format = "text";
  std::vector<std::string> selectors, documents;
  auto* list_app = app.add_subcommand("list", "list checks, requirements, scenarios, capabilities, deviations or variations");
  list_app->add_option("--what", what, "checks, requirements, scenarios, capabilities, deviations, variations")->capture_default_str();
  list_app->add_option("selectors", selectors, "as for run");
  list_app->add_option("--scenarios", scenarios, "directory with scenarios of your own")->type_name("DIR");
  list_app->callback([&] { status = list(scenarios, selectors, what); });

  auto* explain_app = app.add_subcommand("explain", "what a requirement asks, what tests it, what proves the test, and how a server did");
  explain_app->add_option("id", id, "a requirement or a check")->required();
  explain_app->add_option("--result", result_file, "JSON report of a run")->type_name("FILE");
  explain_app->add_option("--scenarios", scenarios, "directory with scenarios of your own")->type_name("DIR");
  explain_app->callback([&] { status = explain(scenarios, id, result_file); });

  auto* lint_app = app.add_subcommand("lint", "check catalogue, ledgers and scenarios");
  lint_app->add_option("--scenarios", scenarios, "directory with scenarios of your own")->type_name("DIR");
  lint_app->callback([&] { status = lint_command(scenarios); });

  auto* coverage_app = app.add_subcommand("coverage", "how much of each RFC is accounted for, tested and proved");
  coverage_app->add_option("documents", documents, "as rfc9051: section by section");
  coverage_app->add_option("--format", format, "text, json or html")->capture_default_str();
  coverage_app->add_option("--scenarios", scenarios, "directory with scenarios of your own")->type_name("DIR");
  coverage_app->callback([&] { status = coverage(scenarios, documents, format); });

  TargetArgs doctor_target;
  auto* doctor_app = app.add_subcommand("doctor", "before a run: does the server answer, what does it offer, which accounts work, what will be skipped");
  add_target(doctor_app, doctor_target);
  doctor_app->add_option("--scenarios", scenarios, "directory with scenarios of your own")->type_name("DIR");
  doctor_app->callback([&] { status = doctor(doctor_target, scenarios); });

  ServeArgs serve_args;
  auto* serve_app = app.add_subcommand("serve", "the reference server on sockets, for client authors; faults on demand");
  serve_app->add_option("--address", serve_args.address, "where to listen")->capture_default_str();
  serve_app->add_option("--pop3", serve_args.pop3, "port in clear (default: any free one, printed)")->type_name("PORT");
  serve_app->add_option("--pop3s", serve_args.pop3s, "port with TLS (default: any free one, printed)")->type_name("PORT");
  serve_app->add_option("--imap", serve_args.imap, "IMAP port in clear (default: any free one, printed)")->type_name("PORT");
  serve_app->add_option("--imaps", serve_args.imaps, "IMAP port with TLS (default: any free one, printed)")->type_name("PORT");
  serve_app->add_option("--user", serve_args.users, "NAME:PASSWORD; repeatable (default: the suite's own accounts)")->allow_extra_args(false);
  serve_app->add_option("--message", serve_args.messages, "file put into every maildrop; repeatable")->type_name("FILE")->allow_extra_args(false);
  serve_app->add_option("--deviation", serve_args.deviations, "break a requirement; repeatable")->type_name("NAME")->allow_extra_args(false);
  serve_app->add_option("--variation", serve_args.variations, "make another legal choice; repeatable")->type_name("NAME")->allow_extra_args(false);
  serve_app->add_option("--certificate-out", serve_args.certificate_out, "write the server's certificate (PEM)")->type_name("FILE");
  serve_app->add_flag("--list", serve_args.list, "list deviations and variations");
  serve_app->callback([&] { status = serve(serve_args); });

  LoadArgs load_args;
  auto* load_app = app.add_subcommand("load", "many sessions at once in a seeded random mix, judged by all standing rules; latencies");
  add_target(load_app, load_args.target);
  load_app->add_option("--sessions", load_args.sessions, "how many at a time")->capture_default_str();
  load_app->add_option("--seconds", load_args.seconds, "how long commands are sent")->capture_default_str();
  load_app->add_option("--commands", load_args.commands, "commands of each session, after which it stops (default: as many as time allows)");
  load_app->add_option("--mix", load_args.mix, "TOML: weights of commands; see harness/load/README.md")->type_name("FILE");
  load_app->add_option("--seed", load_args.seed, "fixes what every session intends")->capture_default_str();
  load_app->add_option("--protocol", load_args.protocol, "imap or pop3")->capture_default_str();
  load_app->add_option("--rate", load_args.rate, "open loop: commands a second, all sessions together (default: closed loop, each as fast as it is answered)");
  load_app->add_flag("--just-idle", load_args.just_idle, "log in, select, and stay");
  load_app->add_option("--traces", load_args.traces, "where traces of findings are kept")->type_name("DIR")->capture_default_str();
  load_app->add_option("--report", load_args.reports, "text=FILE, json=FILE, html=FILE; repeatable, or with commas")
      ->type_name("KIND=FILE")
      ->allow_extra_args(false);
  load_app->callback([&] { status = load(load_args); });

  CompareArgs compare_args;
  auto* compare_app = app.add_subcommand("compare", "an earlier run against a later one (exit status 1: a regression), or servers side by side");
  compare_app->add_option("results", compare_args.files, "JSON reports: two runs of one server, the earlier first; or one of each server")->required();
  compare_app->add_option("--report", compare_args.reports, "md=FILE, text=FILE; html=FILE: requirements by servers; repeatable, or with commas")
      ->type_name("KIND=FILE")
      ->allow_extra_args(false);
  compare_app->add_option("--site", compare_args.site, "a static site: requirements by servers, and each server's report")->type_name("DIR");
  compare_app->add_flag("--servers", compare_args.servers, "side by side also when there are only two");
  compare_app->add_flag("--strict", compare_args.strict, "a warning counts as a failure");
  compare_app->callback([&] { status = compare(compare_args); });

  std::vector<std::string> parts, part_reports;
  bool strict_parts = false;
  auto* report_app = app.add_subcommand("report", "reports from JSON reports");
  report_app->require_subcommand(1);
  auto* merge_app = report_app->add_subcommand("merge", "the parts of a run (--shard) as one, with its exit status; of one file: other kinds of report");
  merge_app->add_option("results", parts, "JSON reports")->required();
  merge_app->add_option("--report", part_reports, "as for run")->type_name("KIND=FILE")->allow_extra_args(false);
  merge_app->add_flag("--strict", strict_parts, "a broken should fails the run, too");
  merge_app->callback([&] { status = report_merge(parts, part_reports, strict_parts); });

  SelftestArgs selftest_args;
  auto* selftest_app = app.add_subcommand("selftest", "prove the suite: every deviation caught, no variation flagged");
  selftest_app->add_flag("--full", selftest_args.full, "the whole suite for each deviation, with what else it trips");
  selftest_app->add_option("--most-unexplained", selftest_args.most_unexplained, "with --full: more unexplained requirements are a failure")
      ->capture_default_str();
  selftest_app->add_option("--most-losing", selftest_args.most_losing, "with --full: more rows that lose checks without a reason are a failure")
      ->capture_default_str();
  selftest_app->add_option("--long", selftest_args.long_way, "with --full: try so many deviations on all cases, and compare")->check(CLI::PositiveNumber);
  selftest_app->add_flag("--verbose", selftest_args.verbose, "the whole matrix, not only what is amiss");
  selftest_app->add_option("--report", selftest_args.report, "json=FILE")->type_name("json=FILE");
  selftest_app->add_option("--mixes", selftest_args.mixes, "seeded mixes of variations to run")->capture_default_str();
  selftest_app->add_option("--seed", selftest_args.seed, "of the mixes")->capture_default_str();
  selftest_app->add_option("--scenarios", selftest_args.scenarios, "directory with scenarios of your own")->type_name("DIR");
  selftest_app->add_option("only", selftest_args.only, "names or globs of deviations, variations or requirements");
  selftest_app->callback([&] { status = selftest(selftest_args); });

  std::string known_file;
  mailspec::result::KnownRow known_row;
  auto* known_app = app.add_subcommand("known", "known failures of a target");
  known_app->require_subcommand(1);
  auto* add_app = known_app->add_subcommand("add", "excuse one failure of a run, with a reason");
  add_app->add_option("file", known_file, "known.toml")->required();
  add_app->add_option("id", known_row.id, "the check")->required();
  add_app->add_option("--result", result_file, "JSON report of the run")->required()->type_name("FILE");
  add_app->add_option("--reason", known_row.reason, "why, from the RFC")->required();
  add_app->add_option("--until", known_row.until, "YYYY-MM-DD, the last day it is excused");
  add_app->add_option("--server-version", known_row.version, "excused only where the server's version or greeting has this text");
  add_app->add_option("--link", known_row.link, "where more is told, as a ticket");
  add_app->callback([&] { status = known_add(known_file, result_file, known_row); });
  auto* update_app = known_app->add_subcommand("update", "take out rows whose check passes now");
  update_app->add_option("file", known_file, "known.toml")->required();
  update_app->add_option("--result", result_file, "JSON report of a run")->required()->type_name("FILE");
  update_app->callback([&] { status = known_update(known_file, result_file); });
  auto* check_app = known_app->add_subcommand("check", "are all rows right? With a result, are any stale?");
  check_app->add_option("file", known_file, "known.toml")->required();
  check_app->add_option("--result", result_file, "JSON report of a run")->type_name("FILE");
  check_app->callback([&] { status = known_check(known_file, result_file, scenarios); });

  RunArgs replay_args;
  std::vector<std::string> replay_words;
  auto* replay_app = app.add_subcommand("replay", "run the case of a kept trace again, with its seed and segmentation");
  add_target(replay_app, replay_args.target);
  replay_app->remove_option(replay_app->get_option("target"));
  replay_app->add_option("what", replay_words, "traces (*.json), and a target file (*.toml)")->required();
  add_run(replay_app, replay_args);
  replay_app->add_flag("--raw", replay_args.raw, "send the stored octets as they are, not the scenario's steps bound afresh; logins are done anew");
  replay_app->callback([&] {
    std::vector<std::string> files;
    status = split_words(replay_words, replay_args.target, files, ".toml") ? replay(files, replay_args) : kUsage;
  });

  // For the completion files of shells; not for people.
  auto* complete_app = app.add_subcommand("complete", "")->group("")->prefix_command();
  complete_app->callback([&] { status = complete(app, complete_app->remaining()); });

  std::vector<std::string> judge_files;
  auto* judge_app = app.add_subcommand("judge", "judge kept traces again by the standing rules, offline");
  judge_app->add_option("traces", judge_files, "files written by run --keep-traces")->required();
  judge_app->callback([&] { status = judge(judge_files, scenarios); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ExtrasError& e) {
    std::vector<std::string> known;
    collect_options(&app, known);
    std::string wrong = e.what();
    for (int i = 1; i < argc; ++i) {
      const std::string word = std::string(argv[i]).substr(0, std::string(argv[i]).find('='));
      if (wrong.find(word) != std::string::npos && (word.starts_with('-') || i == 1)) {
        std::fprintf(stderr, "mailspec: %s\n", mailspec::unknown(word.starts_with('-') ? "option" : "command", word, known).c_str());
        return kUsage;
      }
    }
    std::fprintf(stderr, "mailspec: %s\n", e.what());
    return kUsage;
  } catch (const CLI::ParseError& e) {
    std::vector<std::string> commands;
    for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) commands.push_back(sub->get_name());
    if (argc > 1 && argv[1][0] != '-' && std::ranges::find(commands, argv[1]) == commands.end()) {
      std::fprintf(stderr, "mailspec: %s\n", mailspec::unknown("command", argv[1], commands).c_str());
      return kUsage;
    }
    const int code = app.exit(e);
    return code == 0 ? 0 : kUsage;
  }
  return status;
}
