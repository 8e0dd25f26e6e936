// A trace judged by all standing rules, as far as it can be trusted.
#pragma once

#include "harness/oracle/rule.h"
#include "harness/oracle/trace.h"

namespace mailspec::suite {

// Once a connection is out of step, what follows on it has that one cause and is left out.
oracle::Judgement judge_in_step(const oracle::Trace& trace);

}  // namespace mailspec::suite
