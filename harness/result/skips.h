// Why checks were skipped, for people: a line a reason.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace mailspec::result {

// How reasons begin that are the server's affair.
inline constexpr const char* kNotOffered = "the server does not offer ";

// How they begin where the server has what the case wants absent.
inline constexpr const char* kOffered = "the server offers ";

// Is the check about what the server does not have? Nothing that the user could give would have it run.
bool is_not_applicable(const std::string& reason);

// First what the user can change, with the option that changes it, the most frequent first; then the server's choices; what it does not offer is one line.
std::vector<std::string> skip_lines(const std::map<std::string, std::size_t>& by_reason);

}  // namespace mailspec::result
