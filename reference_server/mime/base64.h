// base64 (RFC 4648 section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailspec::reference {

// Strict: nothing outside the alphabet, padding only at the end.
std::optional<std::string> base64_decode(std::string_view text);
std::string base64_encode(std::string_view octets);

}  // namespace mailspec::reference
