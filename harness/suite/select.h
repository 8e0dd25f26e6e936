// What a user asks for on the command line, as cases and as requirements of standing rules.
#pragma once

#include <string>
#include <vector>

#include "harness/suite/library.h"

namespace mailspec::suite {

// Cases by selectors, in the library's order: requirement ids, globs and section prefixes, scenario paths, cap:X, level:X, tag:X. All cases where
// there are no selectors. Errors: usage, with the nearest names.
Result<std::vector<const scenario::Case*>> select(const Library& library, const std::vector<std::string>& selectors,
                                                  const std::vector<std::string>& rule_requirements);

// The standing rules' requirements that selectors ask for by name: they are judged although no scenario is about them.
std::vector<std::string> select_rules(const std::vector<std::string>& rule_requirements, const std::vector<std::string>& selectors);

}  // namespace mailspec::suite
