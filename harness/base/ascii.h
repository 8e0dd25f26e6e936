// ASCII only, locale free: what both witnesses may share of character handling.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailspec {

constexpr bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }
constexpr char to_upper(char c) { return static_cast<unsigned char>(c - 'a') < 26 ? static_cast<char>(c - 32) : c; }
constexpr char to_lower(char c) { return static_cast<unsigned char>(c - 'A') < 26 ? static_cast<char>(c + 32) : c; }

std::string upper(std::string_view text);
std::string lower(std::string_view text);
bool iequals(std::string_view a, std::string_view b);
bool istarts_with(std::string_view text, std::string_view prefix);

// Decimal digits only, at least one, no sign; nothing if it does not fit 64 bits.
std::optional<std::uint64_t> parse_number(std::string_view text);

}  // namespace mailspec
