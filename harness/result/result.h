// The one result model: what a run found, from which every report is written.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/oracle/catalogue.h"

namespace mailspec::result {

enum class Verdict { pass, fail, warn, skip, inconclusive };
const char* name_of(Verdict verdict);
std::optional<Verdict> verdict_of(std::string_view name);

// One check: a requirement put to the test by one scenario row, or by a standing rule over the whole run.
struct Check {
  std::string id;  // "<requirement>@<scenario>[#row]", or the bare requirement id for a standing rule
  std::string requirement;
  std::string scenario;  // "" for a standing rule
  std::string row;
  int line = 0;  // of the scenario file
  Verdict verdict = Verdict::inconclusive;
  std::string kind;                    // of a fail: wrong, close, hang, crash
  std::string reason;                  // a sentence: what went wrong, or why it was skipped
  bool follows = false;                // inconclusive only because an earlier check of its case failed
  std::vector<std::string> wire;       // the dialogue near the failure, with a line of '^' below the offending octet
  std::string nearest;                 // the nearest candidate for a response that was missing
  std::vector<std::string> broken_in;  // standing rule: the cases whose traces broke it
  std::string trace;                   // file name of the kept trace
  std::string known;                   // the reason it was expected to fail, from known.toml
};

struct Observation {
  std::string name, value, scenario;
};

struct Run {
  std::string suite_version;
  std::string target;   // as the user named it
  std::string server;   // greeting or IMPLEMENTATION
  std::string started;  // ISO 8601, UTC
  std::uint64_t seed = 0;
  std::string segmentation;
  double seconds = 0;
  std::vector<std::string> offered;
  std::vector<Check> checks;  // in the order of ids
  std::vector<Observation> observations;
  std::vector<std::string> troubles;       // of the harness or the environment
  std::vector<std::string> known_trouble;  // stale, unknown or expired rows of known.toml
  bool unreachable = false;
  bool interrupted = false;
  bool broken = false;  // harness error

  std::size_t count(Verdict verdict) const;
  std::size_t count_known() const;
};

// Design section 7: 0, 1, 3, 4, 5, 6, 130. (2 is for usage and configuration, before any run.)
int exit_status(const Run& run, bool strict);

}  // namespace mailspec::result
