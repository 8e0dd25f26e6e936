// The standing rules over a whole run.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "harness/oracle/catalogue.h"
#include "harness/oracle/rule.h"
#include "harness/oracle/trace.h"
#include "harness/result/result.h"

namespace mailspec::suite {

// The requirements the standing rules can speak about, in order.
std::vector<std::string> rule_requirements();

// What the rules have found so far. May be used from all lanes at once.
class Standing {
 public:
  // Of rules that hold only those `asked` are told, all of them where it is nothing. What is broken is told always.
  explicit Standing(const oracle::Catalogue& catalogue, std::optional<std::vector<std::string>> asked = {})
      : x_catalogue(catalogue), x_asked(std::move(asked)) {}

  // What was found in a case, or in "(set-up)". `file` is where its trace is kept. Returns the requirements that were not broken before.
  std::vector<std::string> absorb(const oracle::Trace& trace, const oracle::Judgement& judgement, const std::string& name,
                                  const std::optional<std::string>& file = {});

  // The requirement's one check over the run; nothing if it was not exercised, or nobody has asked.
  std::optional<result::Check> check(const std::string& requirement) const;

 private:
  struct Record {
    bool fails = false;  // in a case whose protocol revision has the rule at the level "must"
    std::vector<std::string> broken_in;
    oracle::Finding first;
    std::vector<std::string> wire;
    std::optional<std::string> trace;
  };

  const oracle::Catalogue& x_catalogue;
  const std::optional<std::vector<std::string>> x_asked;
  mutable std::mutex x_mutex;
  std::map<std::string, Record> x_records;
};

}  // namespace mailspec::suite
