#include "harness/oracle/rule.h"

#include <algorithm>

namespace mailspec::oracle {

Judgement judge(const Trace& trace, const std::vector<std::unique_ptr<Rule>>& rules) {
  Sink sink;
  for (const auto& rule : rules) {
    for (std::size_t i = 0; i < trace.events.size(); ++i) rule->step(trace, i, sink);
    rule->end(trace, sink);
  }
  std::ranges::sort(sink.x_exercised);
  const auto repeated = std::ranges::unique(sink.x_exercised);
  sink.x_exercised.erase(repeated.begin(), repeated.end());
  return {std::move(sink.x_findings), std::move(sink.x_exercised)};
}

}  // namespace mailspec::oracle
