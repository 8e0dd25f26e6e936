// Which cases run beside one another, on which account, and in which thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/scenario/runner.h"
#include "harness/suite/plan.h"

namespace mailspec::suite {

// A worker: it has a stage of its own and runs a case at a time.
struct Lane {
  enum class Kind {
    account,  // has an account to itself, but for IMAP cases that keep to mailboxes of their own
    sharing,  // runs such cases on an account of another lane
    role,     // on the accounts that are named for wrong passwords; the first has the other roles, too
    free,     // needs no account; it mostly waits
    refused,  // lets logins fail, after all else
  } kind = Kind::account;
  int number = 0;  // from 0 for each kind

  std::string name() const;  // "a0": short, and no two lanes of a run have the same
  bool operator==(const Lane&) const = default;
};

// The stage of a lane; asked in the lane's thread, when it has a case to run.
using StageMaker = std::function<std::unique_ptr<scenario::Stage>(const Lane& lane)>;

// Cases that one lane runs one after another.
using Block = Places;
using Queue = std::vector<Block>;

// Lanes that run at the same time, and what they take their cases from.
struct Wave {
  struct Worker {
    Lane lane;
    scenario::Account account;
    std::vector<std::size_t> queues;  // in `Wave::queues`: the lane goes on to the next when one is empty
  };
  std::vector<Queue> queues;
  std::vector<Worker> workers;
};

struct LaneOptions {
  int jobs = 1;              // cases at a time on the accounts; 0: one on each. Above that, IMAP cases which keep to mailboxes of their own share accounts
  int lockout_accounts = 1;  // that are named for wrong passwords: cases about them run beside one another on as many
};

// The waves of a run, in order. With one job there is one lane, and the plan's order.
std::vector<Wave> make_waves(const Cases& cases, const Plan& plan, const std::vector<scenario::Account>& accounts, const LaneOptions& options);

// Returns when all cases of the wave have been given to `perform`, which is called from many threads. A lane that is alone has no thread of its own.
void run_wave(const Wave& wave, const StageMaker& make_stage,
              const std::function<void(scenario::Stage& stage, const scenario::Account& account, std::size_t place)>& perform);

}  // namespace mailspec::suite
