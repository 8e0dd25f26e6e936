// What is wrong with a scenario set beyond what loading refuses.
#pragma once

#include <string>
#include <vector>

#include "harness/suite/library.h"

namespace mailspec::suite {

// One finding a line, as "file:line: what". `rule_requirements` are those of the standing rules, `deviated_requirements` those that some deviation
// of the reference server breaks. Tells of unknown and orphan ids, unused bindings, stakes that cannot fail, and ledgers left open.
std::vector<std::string> lint(const Library& library, const std::vector<std::string>& rule_requirements, const std::vector<std::string>& deviated_requirements);

}  // namespace mailspec::suite
