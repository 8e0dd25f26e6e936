// What a load run has measured and found: latencies by command, errors, findings with their traces.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/oracle/rule.h"
#include "harness/oracle/trace.h"

namespace mailspec::load {

// Latencies in buckets that grow by 1/32 each: percentiles are right to 3 %, in 8 KiB.
class Histogram {
 public:
  void add(double seconds);
  std::uint64_t count() const { return x_count; }
  // `share` from 0 to 1; seconds.
  double percentile(double share) const;
  double worst() const { return x_worst; }

 private:
  static constexpr int kPerOctave = 32, kOctaves = 32;  // from 1 microsecond up
  std::vector<std::uint32_t> x_buckets;
  std::uint64_t x_count = 0;
  double x_worst = 0;
};

struct Found {
  std::string requirement;
  oracle::Finding finding;
  std::uint64_t times = 0;
  int session = 0;
  oracle::Trace trace;  // of the first
};

struct Tally {
  std::map<std::string, Histogram> latencies;  // by command
  struct Refusal {
    std::uint64_t times = 0;
    std::string first;  // what the server said
  };
  std::map<std::string, Refusal> refused;  // by command: NO, BAD or -ERR
  std::map<std::string, Found> findings;   // by requirement
  std::uint64_t commands = 0, connections = 0, lost = 0, refused_connections = 0, octets_in = 0, octets_out = 0;
  std::uint64_t digest = 0, intents = 0;  // of all plans
  std::uint64_t judged = 0;               // events
  bool agreed = false;                    // the final checkpoint was reached and compared
  std::vector<std::string> troubles;

  void found(const oracle::Finding& finding, int session, const oracle::Trace& trace);
};

// A trace kept by a load run has the octets of what came; this parses them again.
oracle::Trace with_values(oracle::Trace trace);

}  // namespace mailspec::load
