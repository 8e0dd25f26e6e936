// The standing rules: they judge every trace, whoever made it.
#pragma once

#include <memory>
#include <vector>

#include "harness/oracle/rule.h"

namespace mailspec::oracle {

// Those of the protocol the trace is of.
std::vector<std::unique_ptr<Rule>> standing_rules(const Trace& trace);
// Those of all protocols, for what they can speak about.
std::vector<std::unique_ptr<Rule>> all_rules();

}  // namespace mailspec::oracle
