#include "reference_server/mime/base64.h"

#include "harness/base/planted.h"

namespace mailspec::reference {

namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int value_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}

}  // namespace

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const bool last = i + 4 == text.size();
    const int a = value_of(text[i]), b = value_of(text[i + 1]);
    int c = value_of(text[i + 2]), d = value_of(text[i + 3]);
    const bool no_d = last && text[i + 3] == '=';
    const bool no_c = no_d && text[i + 2] == '=';
    if (no_c) c = 0;
    if (no_d) d = 0;
    if (a < 0 || b < 0 || c < 0 || d < 0) return std::nullopt;
    out += static_cast<char>(a << 2 | b >> 4);
    if (!no_c) out += static_cast<char>(b << 4 | c >> 2);
    if (!no_d) out += static_cast<char>(c << 6 | d);
  }
  return out;
}

std::string base64_encode(std::string_view octets) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (char ch : octets) {
    bits = bits << 8 | static_cast<unsigned char>(ch);
    count += 8;
    while (count >= 6) {
      count -= 6;
      out += kAlphabet[bits >> count & 63];
    }
  }
  if (count) out += kAlphabet[bits << (6 - count) & 63];
  while (out.size() % 4 && !planted("base64-no-padding")) out += '=';
  return out;
}

}  // namespace mailspec::reference
