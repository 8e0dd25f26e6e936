// Writers: a run in, a text out. They decide nothing; all judging is done before.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/result/result.h"

namespace mailspec::reports {

struct TextOptions {
  bool colour = false;
  bool strict = false;         // a warning counts as a failure
  bool verbose = false;        // list what was skipped, too
  bool brief = false;          // failures and the summary, nothing else
  std::set<std::string> told;  // ids of failures that have been told already
};

// What a person reads at a terminal: failures first with the wire, then the summary.
std::string text(const result::Run& run, const TextOptions& options);
// One failure or warning as `text` has it.
std::string text_of_failure(const result::Run& run, const result::Check& check, bool colour);

// JSON as reports/result.schema.json describes it.
std::string json(const result::Run& run);

// JUnit XML: fail is <failure>, harness trouble <error>, skip, known and inconclusive <skipped>; a warning passes with text
// unless `strict`.
std::string junit(const result::Run& run, bool strict);

// TAP 14, with a YAML block for what is no pass. Known failures are TODO; skipped and inconclusive checks SKIP; a warning is ok
// unless `strict`. Trouble that belongs to no check is not ok. A run without a verdict bails out.
std::string tap(const result::Run& run, bool strict);

// SARIF 2.1.0: a rule for each requirement, a result for each check that is no pass and no skip. Known failures are suppressed. The place is the
// scenario's file and line in the suite's sources: the server has no file that we could point to.
std::string sarif(const result::Run& run);

// A summary for a merge request or a job page: counts, levels, failures with the wire, what both protocols give.
std::string markdown(const result::Run& run, bool strict);

// Workflow commands as GitHub's runners read them on standard output: an error for each failure, a warning for each warning (an error if `strict`).
std::string annotations(const result::Run& run, bool strict);

// One self-contained file that works offline and without JavaScript, for people who decide.
std::string html(const result::Run& run, bool strict = false);

// The kinds of report of a run, by name. `strict`: a warning counts as a failure.
struct Format {
  std::string_view kind;
  std::string (*write)(const result::Run& run, bool strict);
};
const std::vector<Format>& formats();

// ---- for writers

// XML 1.0 and HTML text: markup is escaped, octets they cannot hold become \xHH.
std::string xml_escape(std::string_view text);
// "fail", or "known", which stands for a failure that was expected.
std::string outcome_of(const result::Check& check);

}  // namespace mailspec::reports
