#include "harness/pop3/command.h"

#include "harness/base/ascii.h"
#include "harness/base/text.h"

namespace mailspec::pop3 {

Command parse_command(std::string_view line) {
  Command command;
  command.line = line;
  command.args = split(line, ' ');
  command.keyword = upper(command.args.front());
  command.args.erase(command.args.begin());
  return command;
}

Shape shape_of(const Command& command) {
  const auto& k = command.keyword;
  if (command.sasl_response) return Shape::sasl;
  if (k == "AUTH") return Shape::sasl;
  if (k == "RETR" || k == "TOP" || k == "CAPA") return Shape::multi_if_ok;
  if ((k == "LIST" || k == "UIDL" || k == "LANG") && command.args.empty()) return Shape::multi_if_ok;
  return Shape::single;
}

bool is_authentication(const Command& command) {
  const auto& k = command.keyword;
  return command.sasl_response || k == "USER" || k == "PASS" || k == "APOP" || k == "AUTH";
}

}  // namespace mailspec::pop3
