// What is known of a line, or of a case, before a server is asked: by the words of the protocols. Internal to language/.
#pragma once

#include "harness/language/scenario.h"

namespace mailspec::scenario {

// Fills in what is known of a C line, from its text and pieces.
void find_facts(Sent& sent, Protocol protocol);
// The same of an S line, from its text and pattern.
void find_facts(Demand& demand, Protocol protocol);
// Of a case whose header and steps are complete.
CaseFacts facts_of(const Case& test);

}  // namespace mailspec::scenario
