// The one result model: what a run found, from which every report is written.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/oracle/catalogue.h"
#include "harness/oracle/footing.h"

namespace mailspec::result {

enum class Verdict { pass, fail, warn, skip, inconclusive };
const char* name_of(Verdict verdict);
std::optional<Verdict> verdict_of(std::string_view name);

// Of a failure: what must be known to find out, from the run as a whole, whether it follows from another.
struct Basis {
  oracle::Footing footing;              // of a stake
  std::vector<std::string> rules_here;  // what standing rules have found in the same exchange, and may account for it
  std::set<std::string> rules_in_case;  // what standing rules have found in the case
  Verdict alone = Verdict::fail;        // what it is by itself, and why
  std::string reason;
};

// One check: a requirement put to the test by one scenario row, or by a standing rule over the whole run.
struct Check {
  std::string id;  // "<requirement>@<scenario>[#row]", or the bare requirement id for a standing rule
  std::string requirement;
  std::string scenario;  // "" for a standing rule
  std::string row;
  int line = 0;        // of the scenario file
  double seconds = 0;  // its share of the time its case took
  Verdict verdict = Verdict::inconclusive;
  std::string kind;                    // of a fail: wrong, close, hang, crash
  std::string reason;                  // a sentence: what went wrong, or why it was skipped
  bool follows = false;                // inconclusive only because an earlier check of its case failed
  std::vector<std::string> wire;       // the dialogue near the failure, with a line of '^' below the offending octet
  std::string nearest;                 // the nearest candidate for a response that was missing
  std::vector<std::string> broken_in;  // standing rule: the cases whose traces broke it
  std::string trace;                   // file name of the kept trace
  std::vector<std::string> needs;      // capabilities and features its scenario requires
  std::string known;                   // the reason it was expected to fail, from known.toml
  std::optional<Basis> basis;          // of a failure, also of one that follows from another
};

// What a report says of a requirement: the catalogue's words, kept with the run so that it can be read without the suite.
struct About {
  oracle::Level level = oracle::Level::must;
  bool implied = false;  // the RFC states it without the words of RFC 2119
  std::string says, doubt;
  oracle::Requirement::Severity severity = oracle::Requirement::Severity::none;
  std::string danger, remedy;  // where there is a severity
  // Under IMAP4rev1 the authority is RFC 3501 or an extension: "rfc3501/6.4.6"; "" where it is the id's own section.
  std::string rev1_section;
  oracle::Level rev1_level = oracle::Level::must;
  std::string ruling;  // "scenarios/RULINGS.md#rfc9051/6.4.6/store-silent"; "": none
};

struct Observation {
  std::string name, value, scenario;
};

struct Run {
  std::string suite_version;
  std::string target;   // as the user named it
  std::string server;   // greeting or IMPLEMENTATION
  std::string version;  // of the server, as the user says
  std::string started;  // ISO 8601, UTC
  std::uint64_t seed = 0;
  std::string segmentation;
  double seconds = 0;
  std::vector<std::string> offered;
  std::vector<Check> checks;                               // in the order of ids
  std::map<std::string, About, std::less<>> requirements;  // of all checks that the catalogue knows
  std::vector<Observation> observations;
  std::string replay;                      // the command that replays a kept trace, to be followed by its file name; "": none
  std::vector<std::string> troubles;       // of the harness or the environment
  std::vector<std::string> known_trouble;  // stale, unknown or expired rows of known.toml
  bool misconfigured = false;              // the target is not as it is described: an account that does not work
  bool unreachable = false;
  bool interrupted = false;
  bool broken = false;  // harness error

  std::size_t count(Verdict verdict) const;
  std::size_t count_known() const;
};

// Fills `requirements`.
void tell_about(Run& run, const oracle::Catalogue& catalogue);

// "rfc1939" and "5" of "rfc1939/5/stat-format@...".
std::string document_of(std::string_view id);
std::string section_of(std::string_view id);
// "must (implied), RFC 1939 section 5"; for a check of IMAP4rev1 what RFC 3501 or the extension says.
std::string authority(const Run& run, const Check& check);
// The level that holds for the check.
oracle::Level level_of(const Run& run, const Check& check);

// Results of the parts of one run (`--shard`), or of runs with different selections, as one. A check that more than one part has is the one that
// was judged; of two that were, the worse. What follows from another part's failure is for find_causes (causes.h) to say. Errors: parts of different targets or
// suites.
Result<Run> merge(const std::vector<Run>& parts);

// Why the run gives no verdict (exit status 130, 2, 3, 6 or 5), as a clause; "" where it gives one.
std::string no_verdict(const Run& run);
// Design section 7: 0, 1, 2, 3, 4, 5, 6, 130.
int exit_status(const Run& run, bool strict);

// The exit status in words, and its reason. All that tells of a run as a whole tells it so.
struct Headline {
  int status = 0;
  std::string words;  // "DOES NOT CONFORM"
  std::string why;    // "2 requirements are broken, in 3 checks"
  std::string line() const { return words + ": " + why; }
};
Headline headline(const Run& run, bool strict);

}  // namespace mailspec::result
