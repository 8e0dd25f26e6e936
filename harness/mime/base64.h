// base64 (RFC 4648 section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailspec::mime {

// Strict: whole groups, padding only at the end. Empty is valid.
std::optional<std::string> decode_base64(std::string_view text);
std::string encode_base64(std::string_view octets);

}  // namespace mailspec::mime
