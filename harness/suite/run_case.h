// How a case is run once.
#pragma once

#include <functional>

#include "harness/scenario/runner.h"

namespace mailspec::suite {

// scenario::run_case, or what a test makes of it.
using RunCase = std::function<scenario::CaseResult(const scenario::Case&, scenario::Stage&, const scenario::Account&, const scenario::RunOptions&)>;

}  // namespace mailspec::suite
