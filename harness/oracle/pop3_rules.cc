#include "harness/oracle/pop3_rules.h"

#include "harness/oracle/pop3_rule_parts.h"

namespace mailspec::oracle {

std::vector<std::unique_ptr<Rule>> pop3_rules() {
  std::vector<std::unique_ptr<Rule>> rules;
  for (const auto make : {syntax_rule, states_rule, maildrop_rule, capability_rule, language_rule, code_rule}) rules.push_back(make());
  return rules;
}

}  // namespace mailspec::oracle
