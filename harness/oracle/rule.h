// A rule is a fold over a trace: `step` for each event, `end`, giving findings. Pure; the same rules judge live and offline.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "harness/oracle/trace.h"

namespace mailspec::oracle {

// A requirement was not met.
struct Finding {
  std::string requirement;
  std::string what;        // one sentence: what came, and what was due
  std::size_t event = 0;   // index into the trace
  std::size_t offset = 0;  // of the offending octet in that event's first line, or content
  bool in_content = false;
  enum class Kind { wrong, closed, hang, crash } kind = Kind::wrong;
};

// What a rule tells its caller.
class Sink {
 public:
  // The requirement was put to the test by this event, and held as far as this rule sees. The id outlives the sink: it is a literal.
  void exercised(const char* requirement) { x_exercised.insert(requirement); }
  void found(Finding finding) { x_findings.push_back(std::move(finding)); }

  std::unordered_set<const char*> x_exercised;
  std::vector<Finding> x_findings;
};

class Rule {
 public:
  virtual ~Rule() = default;
  virtual void step(const Trace& trace, std::size_t index, Sink& sink) = 0;
  virtual void end(const Trace&, Sink&) {}
  // The requirements this rule can speak about.
  virtual std::vector<std::string> requirements() const = 0;
};

struct Judgement {
  std::vector<Finding> findings;
  std::vector<std::string> exercised;  // sorted, unique
};

// All standing rules over one trace.
Judgement judge(const Trace& trace, const std::vector<std::unique_ptr<Rule>>& rules);

}  // namespace mailspec::oracle
