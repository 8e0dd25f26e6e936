#include "reference_server/imap/names.h"

#include <utf8proc.h>

#include <cstdint>
#include <cstdlib>
#include <vector>

#include "harness/base/planted.h"
#include "reference_server/mime/utf8.h"

namespace mailspec::reference::imap {

namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

void put_utf8(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += {static_cast<char>(0xC0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3F))};
  } else if (c < 0x10000) {
    out += {static_cast<char>(0xE0 | (c >> 12)), static_cast<char>(0x80 | ((c >> 6) & 0x3F)), static_cast<char>(0x80 | (c & 0x3F))};
  } else {
    out += {static_cast<char>(0xF0 | (c >> 18)), static_cast<char>(0x80 | ((c >> 12) & 0x3F)), static_cast<char>(0x80 | ((c >> 6) & 0x3F)),
            static_cast<char>(0x80 | (c & 0x3F))};
  }
}

std::vector<std::uint32_t> code_points(std::string_view utf8) {
  std::vector<std::uint32_t> out;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto c = static_cast<unsigned char>(utf8[i]);
    const int n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    std::uint32_t v = n == 1 ? c : c & (0xFF >> (n + 1));
    for (int k = 1; k < n && i + static_cast<std::size_t>(k) < utf8.size(); ++k)
      v = (v << 6) | (static_cast<unsigned char>(utf8[i + static_cast<std::size_t>(k)]) & 0x3F);
    out.push_back(v);
    i += static_cast<std::size_t>(n);
  }
  return out;
}

}  // namespace

std::string nfc(std::string_view utf8) {
  utf8proc_uint8_t* made = nullptr;
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()), static_cast<utf8proc_ssize_t>(utf8.size()), &made,
                                 static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  if (size < 0) return std::string(utf8);
  std::string out(reinterpret_cast<const char*>(made), static_cast<std::size_t>(size));
  std::free(made);
  return out;
}

std::string to_modified_utf7(std::string_view utf8) {
  std::string out;
  std::vector<std::uint16_t> units;
  const auto flush = [&] {
    if (units.empty()) return;
    out += '&';
    std::uint32_t bits = 0;
    int n = 0;
    for (const auto u : units) {
      bits = (bits << 16) | u;
      n += 16;
      while (n >= 6) {
        out += kAlphabet[(bits >> (n - 6)) & 63];
        n -= 6;
      }
      bits &= (1u << n) - 1;
    }
    if (n > 0) out += kAlphabet[(bits << (6 - n)) & 63];
    out += '-';
    units.clear();
  };
  for (const auto c : code_points(utf8)) {
    if (c >= 0x20 && c <= 0x7E) {
      flush();
      out += static_cast<char>(c);
      if (c == '&') out += '-';
    } else if (c >= 0x10000) {
      units.push_back(static_cast<std::uint16_t>(0xD800 + ((c - 0x10000) >> 10)));
      units.push_back(static_cast<std::uint16_t>(0xDC00 + ((c - 0x10000) & 0x3FF)));
    } else {
      units.push_back(static_cast<std::uint16_t>(c));
    }
  }
  flush();
  return out;
}

std::optional<std::string> from_modified_utf7(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c & 0x80) return std::nullopt;
    if (c != '&') {
      out += c;
      continue;
    }
    const auto end = text.find('-', i);
    if (end == std::string_view::npos) return std::nullopt;
    if (end == i + 1) {
      out += '&';
      ++i;
      continue;
    }
    std::uint32_t bits = 0;
    int n = 0;
    std::vector<std::uint16_t> units;
    for (std::size_t k = i + 1; k < end; ++k) {
      const auto v = kAlphabet.find(text[k]);
      if (v == std::string_view::npos) return std::nullopt;
      bits = (bits << 6) | static_cast<std::uint32_t>(v);
      n += 6;
      if (n >= 16) {
        units.push_back(static_cast<std::uint16_t>(bits >> (n - 16)));
        n -= 16;
        bits &= (1u << n) - 1;
      }
    }
    if (n >= 6 || bits != 0) return std::nullopt;
    for (std::size_t k = 0; k < units.size(); ++k) {
      std::uint32_t u = units[k];
      if (u >= 0xD800 && u < 0xDC00) {
        if ((k + 1 >= units.size() && !planted("utf7-surrogate-past-end")) || units[k + 1] < 0xDC00 || units[k + 1] > 0xDFFF) return std::nullopt;
        u = 0x10000 + ((u - 0xD800) << 10) + (units[++k] - 0xDC00u);
      } else if (u >= 0xDC00 && u <= 0xDFFF) {
        return std::nullopt;
      }
      put_utf8(out, u);
    }
    i = end;
  }
  if (to_modified_utf7(out) != text && !planted("utf7-not-shortest")) return std::nullopt;
  return out;
}

bool list_match(std::string_view pattern, std::string_view name, std::string_view separator) {
  // A walk with one point to go back to for "*" and one for "%".
  std::size_t p = 0, n = 0;
  std::size_t star_p = std::string_view::npos, star_n = 0, cent_p = std::string_view::npos, cent_n = 0;
  for (;;) {
    if (p < pattern.size() && pattern[p] == '*') {
      star_p = ++p;
      star_n = n;
      cent_p = std::string_view::npos;
      continue;
    }
    if (p < pattern.size() && pattern[p] == '%') {
      cent_p = ++p;
      cent_n = n;
      continue;
    }
    if (n == name.size() && p == pattern.size()) return true;
    if (n < name.size() && p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
      continue;
    }
    if (cent_p != std::string_view::npos && cent_n < name.size() && (separator.empty() || name[cent_n] != separator[0])) {
      p = cent_p;
      n = ++cent_n;
      continue;
    }
    if (star_p != std::string_view::npos && star_n < name.size()) {
      p = star_p;
      n = ++star_n;
      cent_p = std::string_view::npos;
      continue;
    }
    return false;
  }
}

}  // namespace mailspec::reference::imap
