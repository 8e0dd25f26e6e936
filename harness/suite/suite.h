// Runs many cases and makes one result of them: planning, workers, second tries, standing rules, verdicts.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "harness/result/result.h"
#include "harness/scenario/runner.h"
#include "harness/suite/library.h"

namespace mailspec::suite {

// Is told what a run does while it goes on. Calls come from the run's workers, one at a time; `said` from many at once.
class Watch {
 public:
  virtual ~Watch() = default;
  virtual void planned(std::size_t /*cases*/) {}
  virtual void begins(const std::string& /*name*/) {}
  // The checks of the case, and of the standing rules that it was the first to break.
  virtual void ends(const std::string& /*name*/, const std::vector<result::Check>& /*checks*/) {}
  virtual bool wants_wire() const { return false; }
  virtual void said(const std::string& /*name*/, const oracle::Event& /*event*/) {}
};

struct Options {
  int jobs = 1;                // cases at a time on the accounts; 0: one on each. Above that, IMAP cases which keep to mailboxes of their own share accounts
  int lockout_accounts = 1;    // that are named for wrong passwords: cases about them run beside one another on as many
  bool refusals_last = false;  // what wants refused logins is run when all else is done: no account is there for it, or the server delays all logins after it
  std::uint64_t seed = 1;
  scenario::Segmentation segmentation = scenario::Segmentation::line;
  scenario::Patience patience;
  bool keep_traces = false;     // for all cases, not only for what failed
  std::string trace_directory;  // "": keep none
  bool finds_smaller = false;   // of the first input that brings on a hang, an end or a crash, the smallest part that does so
  int shard = 1, shards = 1;
  bool restrict_rules = false;  // of standing rules that hold only those in `rule_filter` are told; what is broken is told always
  std::vector<std::string> rule_filter;
  Watch* watch = nullptr;
  std::set<std::string> done;               // names of cases that an earlier run has judged
  std::vector<oracle::Trace> probe_traces;  // what was said before the run, judged with it
  const std::atomic<bool>* interrupt = nullptr;
};

// One worker's stage; `lane` tells them apart.
using StageMaker = std::function<std::unique_ptr<scenario::Stage>(int lane)>;

// `accounts` are leased one to a lane. Cases that need none run in lanes of their own when the stage is real.
result::Run run(const Library& library, const std::vector<const scenario::Case*>& plan, const scenario::Offer& offer,
                const std::vector<scenario::Account>& accounts, const StageMaker& make_stage, const Options& options);

}  // namespace mailspec::suite
