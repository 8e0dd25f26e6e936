// What the files of POP3 rules share, and the rules they give to pop3_rules().
#pragma once

#include <memory>
#include <string>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/oracle/rule.h"

namespace mailspec::oracle {

using pop3::code_is;
using pop3::Response;
using Kind = Event::Kind;

inline std::string quoted(std::string_view octets) { return "'" + visible(octets, 120) + "'"; }
inline std::string number(std::uint64_t n) { return std::to_string(n); }

// The number a command names: 0 when it names none. Leading zeros are no canonical number and are left alone.
inline std::uint64_t message_of(const pop3::Command& command) {
  if (command.args.empty()) return 0;
  return parse_number(command.args[0]).value_or(0);
}

inline bool completes_login(const Event& e) {
  const auto& k = e.pop3_command.keyword;
  return e.pop3_response.ok() && (k == "PASS" || k == "APOP" || k == "AUTH" || e.pop3_command.sasl_response);
}

std::unique_ptr<Rule> pop3_syntax_rule();      // how responses are made of octets, one to each command
std::unique_ptr<Rule> pop3_states_rule();      // what is allowed in which state
std::unique_ptr<Rule> pop3_maildrop_rule();    // what a session says of its messages
std::unique_ptr<Rule> pop3_capability_rule();  // CAPA
std::unique_ptr<Rule> pop3_language_rule();    // LANG
std::unique_ptr<Rule> pop3_code_rule();        // response codes, and the APOP timestamp

}  // namespace mailspec::oracle
