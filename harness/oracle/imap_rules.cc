#include "harness/oracle/imap_rules.h"
namespace mailspec::oracle {
std::vector<std::unique_ptr<Rule>> imap_rules() { return {}; }
}  // namespace mailspec::oracle
