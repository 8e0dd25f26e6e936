// The suite once more for each other way to cut what is sent: TCP keeps no edges, so the verdicts are to be the same.
#pragma once

#include <functional>

#include "harness/result/result.h"
#include "harness/scenario/runner.h"
#include "harness/suite/plan.h"

namespace mailspec::suite {

// Runs these cases with what is sent cut in this way.
using RunCut = std::function<result::Run(scenario::Segmentation cut, const Cases& cases)>;

// `run` has been cut by lines. What differs from it is tried again, and then is a finding of its own: a check for each protocol that was exercised is
// added, with the requirement that any cut is as good.
void try_every_cut(result::Run& run, const Cases& cases, const RunCut& run_cut);

}  // namespace mailspec::suite
