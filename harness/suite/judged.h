// What has become of each case of a run.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "harness/oracle/catalogue.h"
#include "harness/oracle/rule.h"
#include "harness/result/result.h"
#include "harness/scenario/runner.h"

namespace mailspec::suite {

// The run ended before the case, or while it went on. Every case begins so.
struct Abandoned {};

// Another shard has it, an earlier run has judged it, or it is not this target's affair: it makes no check here.
struct NotAsked {};

struct Skipped {
  std::string why;
};

// What reports need of a case that was run to its end.
struct Kept {
  std::vector<scenario::Stake> stakes;
  std::vector<std::pair<std::string, std::string>> observations;
  std::string setup_trouble;            // why stakes were not reached that follow from no other
  std::optional<std::string> declined;  // what the server refused, as it may, and the case needs
  bool scenario_error = false;
  std::vector<std::string> wire;       // around the last broken stake
  std::optional<result::Basis> basis;  // of that stake
  std::optional<std::string> trace{};  // the file it is kept in
  bool flaky = false;                  // it hung once and passed at the second try
  double seconds = 0;
};

using Judged = std::variant<Abandoned, NotAsked, Skipped, Kept>;

// All that the standing rules find in the case's trace, and that a command was never answered to its end.
oracle::Judgement judge(const scenario::Case& c, const scenario::CaseResult& result, const oracle::Catalogue& catalogue);

// Without its trace's file, its time and whether it was flaky: those the caller knows.
Kept keep(const scenario::Case& c, const scenario::CaseResult& result, const oracle::Judgement& judgement, const oracle::Catalogue& catalogue);

}  // namespace mailspec::suite
