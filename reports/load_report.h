// Reports of a load run: text for people, JSON for tools, one HTML file to look at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/load/tally.h"
#include "harness/oracle/catalogue.h"

namespace mailspec::reports {

// What the run was, for the head of a report.
struct LoadHead {
  std::string suite_version, target, server, protocol, started, mix, replay;  // `replay`: the command, to be followed by a trace's file name
  std::uint64_t seed = 1;
  int sessions = 0;
  double seconds = 0, rate = 0;  // `rate` 0: closed loop
  double cpu_seconds = 0;        // of this process, while the run lasted
  std::uint64_t memory = 0;      // octets: the most this process has had
  bool interrupted = false;
};

std::string load_text(const LoadHead& head, const load::Tally& tally, const oracle::Catalogue& catalogue);
std::string load_json(const LoadHead& head, const load::Tally& tally);
std::string load_html(const LoadHead& head, const load::Tally& tally, const oracle::Catalogue& catalogue);
// The kinds of report of a load run, by name.
struct LoadFormat {
  std::string_view kind;
  std::string (*write)(const LoadHead& head, const load::Tally& tally, const oracle::Catalogue& catalogue);
};
const std::vector<LoadFormat>& load_formats();
// The file name under which a finding's trace is kept.
std::string load_trace_name(const load::Found& found);

}  // namespace mailspec::reports
