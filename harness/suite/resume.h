// A run that goes on where an earlier one was cut short.
#pragma once

#include <set>
#include <string>

#include "harness/result/result.h"
#include "harness/suite/plan.h"

namespace mailspec::suite {

// The names of those cases that the earlier run has judged, and that need not be run again. Of all others the run forgets the checks and the
// observations, and how it ended; what it has shown of standing rules stays.
std::set<std::string> take_up(result::Run& earlier, const Cases& cases);

}  // namespace mailspec::suite
