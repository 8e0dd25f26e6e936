#include "harness/imap/char_class.h"

namespace mailspec::imap {

std::size_t utf8_sequence(std::string_view text) {
  const auto octet = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto tail = [&](std::size_t i) { return octet(i) >= 0x80 && octet(i) <= 0xBF; };
  const auto a = octet(0), b = octet(1);
  if (a >= 0xC2 && a <= 0xDF && tail(1)) return 2;
  const bool second3 = a == 0xE0 ? b >= 0xA0 && b <= 0xBF : a == 0xED ? b >= 0x80 && b <= 0x9F : tail(1);
  if (a >= 0xE0 && a <= 0xEF && second3 && tail(2)) return 3;
  const bool second4 = a == 0xF0 ? b >= 0x90 && b <= 0xBF : a == 0xF4 ? b >= 0x80 && b <= 0x8F : tail(1);
  if (a >= 0xF0 && a <= 0xF4 && second4 && tail(2) && tail(3)) return 4;
  return 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto n = is_8bit(text[0]) ? utf8_sequence(text) : 1;
    if (n == 0) return false;
    text.remove_prefix(n);
  }
  return true;
}

}  // namespace mailspec::imap
