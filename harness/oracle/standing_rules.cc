#include "harness/oracle/standing_rules.h"

#include "harness/oracle/both_rule.h"
#include "harness/oracle/imap_rules.h"
#include "harness/oracle/pop3_rules.h"
#include "harness/oracle/secrets_rule.h"

namespace mailspec::oracle {

std::vector<std::unique_ptr<Rule>> standing_rules(const Trace& trace) {
  if (trace.both) return all_rules();
  auto rules = trace.revision ? imap_rules() : pop3_rules();
  rules.push_back(secrets_rule());
  return rules;
}

std::vector<std::unique_ptr<Rule>> all_rules() {
  auto all = pop3_rules();
  for (auto& r : imap_rules()) all.push_back(std::move(r));
  all.push_back(both_rule());
  all.push_back(secrets_rule());
  return all;
}

}  // namespace mailspec::oracle
