// Traces and results as JSON files, in and out.
#pragma once

#include <string>

#include "harness/base/result.h"
#include "harness/oracle/rule.h"
#include "harness/oracle/trace.h"
#include "harness/result/result.h"

namespace mailspec::result {

// Octets above 0x7E and controls are written as Latin-1 code points, so that every octet survives.
// A trace, with what the standing rules found in it when it was stored.
struct StoredTrace {
  oracle::Trace trace;
  std::vector<oracle::Finding> findings;
  std::string judged_by;  // the suite's version; "" if nobody has judged it
};
Status write_trace(const std::string& path, const oracle::Trace& trace, const std::vector<oracle::Finding>& findings, const std::string& judged_by);
Result<StoredTrace> read_trace(const std::string& path);

std::string run_to_json(const Run& run);
Result<Run> read_run(const std::string& path);

}  // namespace mailspec::result
