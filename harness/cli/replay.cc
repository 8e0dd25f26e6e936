// replay and judge: what can be done with a kept trace.
#include <algorithm>
#include <cstdio>
#include <map>

#include "harness/base/text.h"
#include "harness/cli/commands.h"
#include "harness/oracle/rule.h"
#include "harness/oracle/standing_rules.h"
#include "harness/result/trace_json.h"
#include "harness/scenario/runner.h"

namespace mailspec::cli {

// The same case with the same seed and segmentation, tags and nonces bound afresh.
int replay(const std::vector<std::string>& files, const RunArgs& given) {
  int worst = 0;
  for (const auto& file : files) {
    auto trace = result::read_trace(file);
    if (!trace) return complain(trace.error());
    RunArgs args = given;
    args.selectors = {trace->row.empty() ? trace->scenario : trace->scenario + "#" + trace->row};
    if (trace->revision) args.selectors[0] += "~rev" + std::to_string(trace->revision);
    args.seed = trace->seed;
    args.segmentation = trace->segmentation;
    args.slow = args.heavy = true;
    args.traces = "mailspec-out/replay";
    std::printf("replaying %s\n", visible(args.selectors[0]).c_str());
    const int status = run(args);
    // What a replay is for: 1 says that it failed again. Anything else that is not 0 matters more.
    if (status == kUsage || status == kUnreachable || status == kInterrupted) return status;
    worst = std::max(worst, status);
  }
  return worst;
}

int judge(const std::vector<std::string>& files, const std::string& scenarios) {
  auto library = load_library(scenarios);
  if (!library) return complain(library.error());
  std::size_t findings = 0;
  for (const auto& file : files) {
    auto trace = result::read_trace(file);
    if (!trace) return complain(trace.error());
    const auto rules = oracle::standing_rules(*trace);
    const auto judgement = oracle::judge(*trace, rules);
    std::printf("%s: %zu requirements put to the test, %zu findings\n", file.c_str(), judgement.exercised.size(), judgement.findings.size());
    for (const auto& f : judgement.findings) {
      ++findings;
      const auto* r = library->catalogue.find(f.requirement);
      std::printf("  %s  %s\n", r && r->can_fail() ? "FAIL" : "WARN", f.requirement.c_str());
      if (r) std::printf("      %s\n", r->says.c_str());
      std::printf("      %s\n", f.what.c_str());
      for (const auto& line : scenario::wire_excerpt(*trace, f)) std::printf("        %s\n", line.c_str());
    }
  }
  return findings ? 1 : 0;
}

}  // namespace mailspec::cli
