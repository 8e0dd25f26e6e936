#include "harness/oracle/pop3_rules.h"

#include "harness/oracle/pop3_rule_parts.h"

namespace mailspec::oracle {

std::vector<std::unique_ptr<Rule>> pop3_rules() {
  std::vector<std::unique_ptr<Rule>> rules;
  for (const auto make : {pop3_syntax_rule, pop3_states_rule, pop3_maildrop_rule, pop3_capability_rule, pop3_language_rule, pop3_code_rule})
    rules.push_back(make());
  return rules;
}

}  // namespace mailspec::oracle
