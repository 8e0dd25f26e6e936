#include "harness/base/ascii.h"

#include <algorithm>
#include <limits>

namespace mailspec {

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), to_upper);
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), to_lower);
  return out;
}

bool iequals(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, to_upper, to_upper); }

bool istarts_with(std::string_view text, std::string_view prefix) { return text.size() >= prefix.size() && iequals(text.substr(0, prefix.size()), prefix); }

std::optional<std::uint64_t> parse_number(std::string_view text) {
  if (text.empty()) return std::nullopt;
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t value = 0;
  for (char c : text) {
    if (!is_digit(c)) return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (kMax - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

}  // namespace mailspec
