// Puts the lines of a dialogue together. Internal to language/.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/language/step_parser.h"

namespace mailspec::scenario {

// C lines and the S lines behind them become exchanges, each of one protocol; the lines of a POP3 multi-line response go below its first. What a step must
// know of those that follow it is filled in. An error says file:line:column: lines of POP3 that belong to no response.
Result<std::vector<Step>> exchanges_of(std::vector<ParsedLine> lines, const std::function<Protocol(int connection)>& protocol_of, const std::string& path);

}  // namespace mailspec::scenario
