// Traces and results as JSON files, in and out.
#pragma once

#include <string>

#include "harness/base/result.h"
#include "harness/oracle/trace.h"
#include "harness/result/result.h"

namespace mailspec::result {

// Octets above 0x7E and controls are written as Latin-1 code points, so that every octet survives.
Status write_trace(const std::string& path, const oracle::Trace& trace);
Result<oracle::Trace> read_trace(const std::string& path);

std::string run_to_json(const Run& run, const oracle::Catalogue& catalogue);
Result<Run> read_run(const std::string& path);

}  // namespace mailspec::result
