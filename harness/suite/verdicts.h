// From what has become of a case to its checks.
#pragma once

#include "harness/oracle/catalogue.h"
#include "harness/result/result.h"
#include "harness/suite/judged.h"

namespace mailspec::suite {

// Adds the case's checks to the run, one for each requirement at stake, in file order, and what it has observed. A requirement that several stakes
// name has one check, the worst. `run.interrupted` and `run.unreachable` say why a case was abandoned. A scenario that is wrong breaks the run.
void add_checks(const scenario::Case& c, const Judged& judged, const oracle::Catalogue& catalogue, result::Run& run);

}  // namespace mailspec::suite
