// The standing rules for POP3: they judge every trace, whoever made it.
#pragma once

#include <memory>
#include <vector>

#include "harness/oracle/rule.h"

namespace mailspec::oracle {

std::vector<std::unique_ptr<Rule>> pop3_rules();

}  // namespace mailspec::oracle
