#include "reference_server/mime/utf8.h"

namespace mailspec::reference {

bool is_utf8(std::string_view text) {
  // RFC 3629 section 4.
  for (std::size_t i = 0; i < text.size();) {
    const auto at = [&](std::size_t k) { return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u; };
    const unsigned a = at(0), b = at(1);
    const auto tail = [](unsigned c) { return c >= 0x80 && c <= 0xBF; };
    if (a < 0x80) {
      i += 1;
    } else if (a >= 0xC2 && a <= 0xDF && tail(b)) {
      i += 2;
    } else if (a >= 0xE0 && a <= 0xEF && tail(b) && tail(at(2)) && !(a == 0xE0 && b < 0xA0) && !(a == 0xED && b > 0x9F)) {
      i += 3;
    } else if (a >= 0xF0 && a <= 0xF4 && tail(b) && tail(at(2)) && tail(at(3)) && !(a == 0xF0 && b < 0x90) && !(a == 0xF4 && b > 0x8F)) {
      i += 4;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace mailspec::reference
