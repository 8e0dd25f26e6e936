// Runs many cases and makes one result of them: planning, workers, second tries, standing rules, verdicts.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/cli/library.h"
#include "harness/result/result.h"
#include "harness/scenario/runner.h"

namespace mailspec::cli {

struct SuiteOptions {
  int jobs = 1;              // cases at a time on the accounts; 0: one on each. Above that, IMAP cases which keep to mailboxes of their own share accounts
  int lockout_accounts = 1;  // that are named for wrong passwords: cases about them run beside one another on as many
  std::uint64_t seed = 1;
  scenario::Segmentation segmentation = scenario::Segmentation::line;
  scenario::Patience patience;
  bool keep_traces = false;     // for all cases, not only for what failed
  std::string trace_directory;  // "": keep none
  int shard = 1, shards = 1;
  bool restrict_rules = false;  // judge standing rules only for `rule_filter`
  std::vector<std::string> rule_filter;
  std::function<void(std::size_t done, std::size_t all, const std::string& what)> progress;
  std::vector<oracle::Trace> probe_traces;  // what was said before the run, judged with it
  const std::atomic<bool>* interrupt = nullptr;
};

// One worker's stage; `lane` tells them apart.
using StageMaker = std::function<std::unique_ptr<scenario::Stage>(int lane)>;

// `accounts` are leased one to a lane. Cases that need none run in lanes of their own when the stage is real.
result::Run run_suite(const Library& library, const std::vector<const scenario::Case*>& plan, const scenario::Offer& offer,
                      const std::vector<scenario::Account>& accounts, const StageMaker& make_stage, const SuiteOptions& options);

// Why a case cannot run on this server, or "".
// Is the case about a protocol, and a revision of it, that the target offers? Others make no check.
bool in_question(const scenario::Case& c, const scenario::Offer& offer);
std::string reason_to_skip(const scenario::Case& c, const scenario::Offer& offer);

// The requirements the standing rules can speak about.
std::vector<std::string> rule_requirements();

}  // namespace mailspec::cli
