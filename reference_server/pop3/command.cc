#include "reference_server/pop3/command.h"

#include <algorithm>
#include <limits>

#include "harness/base/ascii.h"
#include "harness/base/planted.h"
#include "harness/base/text.h"

namespace mailspec::reference::pop3 {

Command parse_command(std::string_view line) {
  Command command;
  const auto space = line.find(' ');
  command.keyword = upper(line.substr(0, space));
  if (space != std::string_view::npos) {
    command.rest = std::string(line.substr(space + 1));
    command.args = split(*command.rest, ' ');
    if (planted("pop3-empty-argument-lost") && command.rest->empty()) command.args.clear();
  }
  return command;
}

std::optional<std::uint64_t> parse_message_number(std::string_view text) {
  const auto number = parse_number(text);
  if (!number || *number == 0) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> parse_line_count(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  return parse_number(text).value_or(std::numeric_limits<std::uint64_t>::max());
}

}  // namespace mailspec::reference::pop3
