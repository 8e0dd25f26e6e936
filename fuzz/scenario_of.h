// A finding of the session targets as a scenario file, which any server can be run against.
#pragma once

#include <string>
#include <vector>

#include "harness/oracle/trace.h"

namespace mailspec::fuzz {

// What the sessions of `trace` said, after logging in (and in IMAP selecting). `requirement`: what is at stake. `open`: the connections that in the end have
// the mailbox selected and are to agree on what is in it.
std::string scenario_of(const oracle::Trace& trace, const std::string& title, const std::string& requirement, const std::vector<int>& open);

// Writes it where the environment variable MAILSPEC_SCENARIO says, if that is set.
void tell_scenario(const oracle::Trace& trace, const std::string& title, const std::string& requirement, const std::vector<int>& open);

}  // namespace mailspec::fuzz
