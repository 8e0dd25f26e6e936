// The standing rules for IMAP4rev1 and IMAP4rev2.
#pragma once

#include <memory>
#include <vector>

#include "harness/oracle/rule.h"

namespace mailspec::oracle {

std::vector<std::unique_ptr<Rule>> imap_rules();

}  // namespace mailspec::oracle
