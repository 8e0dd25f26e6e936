// The subcommands of mailspec, and what they share. Each returns the exit status; all text for people goes through here.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/options.h"
#include "harness/suite/suite.h"
#include "harness/target/config.h"
#include "reference_server/options.h"

namespace mailspec::cli {

// How the server under test is named on the command line.
struct TargetArgs {
  bool embedded = false;
  std::string file;
  std::string pop3, pop3s, imap, imaps;
  bool no_endpoint() const { return pop3.empty() && pop3s.empty() && imap.empty() && imaps.empty(); }
  std::vector<std::string> users;
  std::vector<std::string> password_envs;  // VAR, or USER=VAR
  std::string ca, deliver, recipient, tls, server_version;
  std::string pid, log;
  bool no_verify = false, insecure = false, own_server = false, disposable = false;
  double timeout = 0;
  double wait = 0;                                  // seconds for the server to come up
  std::vector<std::string> deviations, variations;  // of the embedded server
};

struct RunArgs {
  TargetArgs target;
  std::vector<std::string> selectors;
  std::vector<std::string> reports;  // kind=file
  std::string known, scenarios, segmentation = "line", traces = "mailspec-out/traces", shard, resume;
  std::uint64_t seed = 1;
  int jobs = 0;
  bool strict = false, slow = false, heavy = false, keep_traces = false, minimise = true, verbose = false, quiet = false;
  bool raw = false;  // of replay: what was sent, as it was
};

int run(const RunArgs& args);

// Each has its options with it, and stands in the file of its name.
Subcommand run_subcommand();
Subcommand list_subcommand();  // info.cc, as the next three
Subcommand explain_subcommand();
Subcommand lint_subcommand();
Subcommand coverage_subcommand();
Subcommand doctor_subcommand();
Subcommand serve_subcommand();
Subcommand load_subcommand();
Subcommand compare_subcommand();
Subcommand report_subcommand();  // compare.cc
Subcommand selftest_subcommand();
Subcommand known_subcommand();
Subcommand replay_subcommand();
Subcommand judge_subcommand();  // replay.cc

// ---- shared by the subcommands

inline constexpr int kUsage = 2, kUnreachable = 3, kHarness = 5, kInterrupted = 130;

// A server under test, ready to be run against.
struct Subject {
  std::string name;
  scenario::Offer offer;
  std::vector<scenario::Account> accounts;
  suite::StageMaker make_stage;
  std::shared_ptr<void> holds;  // what the stages refer to
  target::TargetConfig config;
  bool embedded = false;
};

// Errors: usage and config (2), unreachable (3).
// What the probe said goes to `traces`, also when it found no way in: a broken server is to be judged by it.
Result<Subject> make_subject(const TargetArgs& args, const suite::Library& library, bool slow, bool heavy, std::vector<oracle::Trace>* traces = nullptr);
// The same of a server that is described already; `wait`: seconds for it to come up.
Result<Subject> make_live_subject(target::TargetConfig config, double wait, const suite::Library& library, bool slow, bool heavy,
                                  std::vector<oracle::Trace>* traces);
Result<target::TargetConfig> make_config(const TargetArgs& args);
Result<reference::Options> make_options(const std::vector<std::string>& deviations, const std::vector<std::string>& variations);

// Options that several take.
Options target_options(TargetArgs& target);
Options run_options(RunArgs& args);
Option scenarios_option(std::string& directory);
Option reports_option(std::vector<std::string>& reports, const std::vector<std::string>& kinds, const std::string& help);
// What ends in .toml is the target, all else goes to `rest`. False, and told, if a word is empty.
bool take_words(const std::vector<std::string>& words, TargetArgs& target, std::vector<std::string>& rest);

// What --report asks for: KIND=FILE, repeated or with commas.
struct ReportFile {
  std::string kind, file;
};
Result<std::vector<ReportFile>> parse_reports(const std::vector<std::string>& given, const std::vector<std::string>& kinds);
// Writes each of them by the table of its kind, and says where it is. One that cannot be written takes none of the others along; that is told, too, and
// the last error's exit status returned.
template <class Format, class... What>
int write_reports(const std::vector<ReportFile>& files, const std::vector<Format>& formats, bool says, const What&... what);
// Prints "mailspec: what" to standard error; the exit status that goes with the kind.
int complain(const Error& error);
std::string now_utc();   // 2026-11-22T00:00:00Z
std::string fresh_id();  // of a run
Status write_file(const std::string& path, const std::string& text);
Result<std::string> read_file(const std::string& path);
bool on_terminal(int fd);
// Set by the first SIGINT, SIGTERM or SIGHUP.
const std::atomic<bool>& interrupted();
void catch_signals();
// Every check id that the library can give.
std::vector<std::string> all_check_ids(const suite::Library& library);

template <class Format>
std::vector<std::string> kinds_of(const std::vector<Format>& formats) {
  std::vector<std::string> out;
  for (const auto& f : formats) out.emplace_back(f.kind);
  return out;
}

template <class Format, class... What>
int write_reports(const std::vector<ReportFile>& files, const std::vector<Format>& formats, bool says, const What&... what) {
  int trouble = 0;
  std::string told;
  for (const auto& file : files) {
    const auto format = std::ranges::find(formats, file.kind, &Format::kind);
    if (auto s = write_file(file.file, format->write(what...)); !s) trouble = complain(s.error());
    told += file.kind + " report: " + file.file + "\n";
  }
  if (says) std::fputs(told.c_str(), stdout);
  return trouble;
}

}  // namespace mailspec::cli
