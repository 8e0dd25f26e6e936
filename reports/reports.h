// Writers: a run in, a text out. They decide nothing; all judging is done before.
#pragma once

#include <string>

#include "harness/oracle/catalogue.h"
#include "harness/result/result.h"

namespace mailspec::reports {

struct TextOptions {
  bool colour = false;
  bool strict = false;   // a warning counts as a failure
  bool verbose = false;  // list what was skipped, too
  std::string replay;    // how this run's failures are replayed: the command up to the trace file
};

// What a person reads at a terminal: failures first with the wire, then the summary.
std::string text(const result::Run& run, const oracle::Catalogue& catalogue, const TextOptions& options);

// JSON as reports/result.schema.json describes it.
std::string json(const result::Run& run, const oracle::Catalogue& catalogue);

// JUnit XML: fail is <failure>, harness trouble <error>, skip, known and inconclusive <skipped>; a warning passes with text
// unless `strict`.
std::string junit(const result::Run& run, const oracle::Catalogue& catalogue, bool strict);

// XML 1.0 text: markup is escaped, octets XML cannot hold become \xHH.
std::string xml_escape(std::string_view text);

}  // namespace mailspec::reports
