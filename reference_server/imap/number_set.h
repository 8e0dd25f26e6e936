// Sets of numbers as responses have them (RFC 9051 9, sequence-set without "*").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::reference::imap {

// In ascending order: neighbours become ranges.
std::string write_set(const std::vector<std::uint64_t>& numbers);
// The numbers of a set that write_set() has written.
std::vector<std::uint64_t> numbers_of(std::string_view set);

}  // namespace mailspec::reference::imap
