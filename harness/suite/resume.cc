#include "harness/suite/resume.h"

#include <algorithm>
#include <map>

namespace mailspec::suite {

using result::Verdict;

std::set<std::string> take_up(result::Run& earlier, const Cases& cases) {
  std::map<std::string, const result::Check*> checks;
  for (auto& c : earlier.checks) {
    c.known.clear();  // what is known is looked up anew
    checks[c.id] = &c;
  }
  std::set<std::string> done, anew;
  for (const auto* c : cases) {
    bool judged = false, open = false;
    for (const auto& id : c->stakes()) {
      const auto it = checks.find(id + "@" + c->name());
      if (it == checks.end()) continue;
      const auto verdict = it->second->verdict;
      judged = judged || verdict == Verdict::pass || verdict == Verdict::fail || verdict == Verdict::warn;
      open = open || (verdict == Verdict::inconclusive && !it->second->follows);
    }
    (judged && !open ? done : anew).insert(c->name());
  }
  // What is run again is as in a run in one go.
  std::erase_if(earlier.checks, [&](const result::Check& c) { return !c.scenario.empty() && anew.contains(c.id.substr(c.id.find('@') + 1)); });
  std::erase_if(earlier.observations, [&](const result::Observation& o) { return anew.contains(o.scenario); });
  earlier.interrupted = earlier.unreachable = earlier.broken = false;
  earlier.troubles.clear();
  earlier.known_trouble.clear();
  return done;
}

}  // namespace mailspec::suite
