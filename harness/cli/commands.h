// The subcommands of mailspec. Each returns the exit status; all text for people goes through here.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/result/known.h"
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
int list(const std::string& scenarios, const std::vector<std::string>& selectors, const std::string& what);
int explain(const std::string& scenarios, const std::string& id, const std::string& result_file);
int lint_command(const std::string& scenarios);
// `documents`: as "rfc9051"; none: all of them, without their sections.
int coverage(const std::string& scenarios, const std::vector<std::string>& documents, const std::string& format);
int doctor(const TargetArgs& target, const std::string& scenarios);
struct ServeArgs {
  std::string address = "127.0.0.1";
  std::uint16_t pop3 = 0, pop3s = 0, imap = 0, imaps = 0;
  std::vector<std::string> deviations, variations, users, messages;
  std::string certificate_out;
  bool list = false;
};
int serve(const ServeArgs& args);
struct LoadArgs {
  TargetArgs target;
  int sessions = 10;
  double seconds = 10, rate = 0;
  std::uint64_t seed = 1, commands = 0;
  std::string mix, protocol = "imap", traces = "mailspec-out/traces";
  std::vector<std::string> reports;
  bool just_idle = false;
};
int load(const LoadArgs& args);
struct SelftestArgs {
  bool full = false, verbose = false;
  std::string report, scenarios;
  std::vector<std::string> only;
  int mixes = 3;
  std::size_t most_unexplained = 0, most_losing = 0;  // of --full: more is a failure
  int long_way = 0;                                   // so many deviations of --full over all cases, too
  std::uint64_t seed = 1;
};
int selftest(const SelftestArgs& args);
// Excuses the check `row.id`, which failed in the result; the rest of the row as the user gave it.
int known_add(const std::string& file, const std::string& result_file, const result::KnownRow& row);
int known_update(const std::string& file, const std::string& result_file);
int known_check(const std::string& file, const std::string& result_file, const std::string& scenarios);
struct CompareArgs {
  std::vector<std::string> files, reports;
  std::string site;
  bool servers = false, strict = false;
};
int compare(const CompareArgs& args);
int report_merge(const std::vector<std::string>& files, const std::vector<std::string>& reports, bool strict);
int replay(const std::vector<std::string>& files, const RunArgs& args);
int judge(const std::vector<std::string>& files, const std::string& scenarios);

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

// What --report asks for: KIND=FILE, repeated or with commas.
struct ReportFile {
  std::string kind, file;
};
Result<std::vector<ReportFile>> parse_reports(const std::vector<std::string>& given, const std::vector<std::string>& kinds);
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

}  // namespace mailspec::cli
