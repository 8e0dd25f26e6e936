// What is wrong with a scenario and can be seen without a server: it would be laid at the server's door.
#pragma once

#include <string>
#include <vector>

#include "harness/language/scenario.h"

namespace mailspec::scenario {

// Each as "path:line: what is wrong, and what to write".
std::vector<std::string> mistakes(const Case& test);

}  // namespace mailspec::scenario
