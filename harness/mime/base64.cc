#include "harness/mime/base64.h"

namespace mailspec::mime {

namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::optional<unsigned> sextet(char c) {
  const auto at = kBase64.find(c);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(at);
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const bool last = i + 4 == text.size();
    std::size_t data = 4;
    if (last && text[i + 3] == '=') data = text[i + 2] == '=' ? 2 : 3;
    unsigned bits = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      unsigned value = 0;
      if (j < data) {
        const auto s = sextet(text[i + j]);
        if (!s) return std::nullopt;
        value = *s;
      }
      bits = bits << 6 | value;
    }
    out += static_cast<char>(bits >> 16 & 255);
    if (data > 2) out += static_cast<char>(bits >> 8 & 255);
    if (data > 3) out += static_cast<char>(bits & 255);
  }
  return out;
}

std::string encode_base64(std::string_view octets) {
  std::string out;
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, octets.size() - i);
    unsigned bits = 0;
    for (std::size_t j = 0; j < 3; ++j) bits = bits << 8 | (j < n ? static_cast<unsigned char>(octets[i + j]) : 0u);
    for (std::size_t j = 0; j < 4; ++j) out += j <= n ? kBase64[bits >> (18 - 6 * j) & 63] : '=';
  }
  return out;
}

}  // namespace mailspec::mime
