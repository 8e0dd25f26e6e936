// Which cases a run takes, and in which order.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "harness/language/scenario.h"
#include "harness/scenario/offer.h"
#include "harness/suite/judged.h"

namespace mailspec::suite {

using Cases = std::vector<const scenario::Case*>;
using Places = std::vector<std::size_t>;  // in Cases

struct PlanOptions {
  int shard = 1, shards = 1;   // shard 1 of 3 takes each third case
  std::set<std::string> done;  // names of cases that an earlier run has judged
  bool refusals_last = false;  // what wants refused logins is run when all else is done: no account is there for it, or the server delays all logins after it
};

// Each case is in one of the queues, unless `judged` has it as not asked or skipped.
struct Plan {
  std::vector<Judged> judged;  // what is known before the run, a place for each case
  Places leased;               // POP3, with an account to themselves: those with the same messages follow one another, those that change the maildrop last
  Places special;              // POP3, with an account of a role
  Places free;                 // without an account
  Places imap;                 // but for those with wrong passwords, which take no lock
  Places refused;              // after all else: first those that log in afterwards, as servers lock accounts after several failures

  std::size_t size() const { return leased.size() + special.size() + free.size() + imap.size() + refused.size(); }
  Places in_order() const;  // for a run of one case at a time
};

Plan make_plan(const Cases& cases, const scenario::Offer& offer, const PlanOptions& options);

}  // namespace mailspec::suite
