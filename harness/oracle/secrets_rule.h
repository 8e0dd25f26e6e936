// What a client says in confidence is not said again: the standing rule of every trace.
#pragma once

#include <memory>

#include "harness/oracle/rule.h"

namespace mailspec::oracle {

std::unique_ptr<Rule> secrets_rule();

}  // namespace mailspec::oracle
