// A finding of the session targets as a scenario file, which any server can be run against.
#pragma once

#include <string>
#include <vector>

#include "harness/oracle/trace.h"

namespace mailspec::fuzz {

// What the sessions of `trace` said, after logging in (and in IMAP selecting). `requirement`: what is at stake. `open`: the connections that in the end have
// the mailbox selected and are to agree on what is in it.
std::string scenario_of(const oracle::Trace& trace, const std::string& title, const std::string& requirement, const std::vector<int>& open);

// All that went over the wire, in turn: what ci/bench/fuzz has a plain line splitter read.
std::string wire_of(const oracle::Trace& trace);

// Writes them where the environment variables MAILSPEC_SCENARIO and MAILSPEC_WIRE say, if these are set.
void tell_scenario(const oracle::Trace& trace, const std::string& title, const std::string& requirement, const std::vector<int>& open);

}  // namespace mailspec::fuzz
