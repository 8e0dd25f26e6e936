#include "harness/oracle/rule.h"

#include <set>
#include <string>

namespace mailspec::oracle {

Judgement judge(const Trace& trace, const std::vector<std::unique_ptr<Rule>>& rules) {
  Sink sink;
  for (const auto& rule : rules) {
    for (std::size_t i = 0; i < trace.events.size(); ++i) {
      if (!trace.events[i].attacked) rule->step(trace, i, sink);
    }
    rule->end(trace, sink);
  }
  const std::set<std::string> exercised(sink.x_exercised.begin(), sink.x_exercised.end());
  return {std::move(sink.x_findings), {exercised.begin(), exercised.end()}};
}

}  // namespace mailspec::oracle
