#include "harness/base/shell.h"

#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/text.h"

namespace mailspec {

std::string shell_word(std::string_view text) {
  const auto safe = [](char c) {
    return is_digit(c) || (to_upper(c) >= 'A' && to_upper(c) <= 'Z') || std::string_view("-_./:=,+@%").find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::ranges::all_of(text, safe)) return std::string(text);
  return "'" + replace_all(std::string(text), "'", "'\\''") + "'";
}

}  // namespace mailspec
