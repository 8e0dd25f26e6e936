// Character classes of RFC 9051 section 9 over all 256 octets.
#pragma once

#include <array>
#include <string_view>

namespace mailspec::imap {

constexpr bool is_ctl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
constexpr bool is_8bit(char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; }
// CHAR = %x01-7F
constexpr bool is_char(char c) { return c != 0 && !is_8bit(c); }
constexpr bool is_quoted_special(char c) { return c == '"' || c == '\\'; }
constexpr bool is_list_wildcard(char c) { return c == '%' || c == '*'; }
// atom-specials = "(" / ")" / "{" / SP / CTL / list-wildcards / quoted-specials / resp-specials
constexpr bool is_atom_special(char c) {
  return c == '(' || c == ')' || c == '{' || c == ' ' || is_ctl(c) || is_list_wildcard(c) || is_quoted_special(c) || c == ']';
}
// The class over all octets: one look at a table is all that a scan over long text should cost for each.
template <typename Class>
constexpr std::array<bool, 256> table_of(Class is_of) {
  std::array<bool, 256> out{};
  for (unsigned octet = 0; octet < 256; ++octet) out[octet] = is_of(static_cast<char>(octet));
  return out;
}
// ATOM-CHAR = <any CHAR except atom-specials>
constexpr bool is_atom_char(char c) {
  constexpr auto kTable = table_of([](char each) { return is_char(each) && !is_atom_special(each); });
  return kTable[static_cast<unsigned char>(c)];
}
// TEXT-CHAR = <any CHAR except CR and LF>
constexpr bool is_text_char(char c) {
  constexpr auto kTable = table_of([](char each) { return is_char(each) && each != '\r' && each != '\n'; });
  return kTable[static_cast<unsigned char>(c)];
}
// ASTRING-CHAR = ATOM-CHAR / resp-specials
constexpr bool is_astring_char(char c) { return is_atom_char(c) || c == ']'; }
// tag = 1*<any ASTRING-CHAR except "+">
constexpr bool is_tag_char(char c) { return is_astring_char(c) && c != '+'; }

// The length of the UTF8-2, UTF8-3 or UTF8-4 sequence (RFC 3629 4) at the beginning of `text`, 0 if there is none.
std::size_t utf8_sequence(std::string_view text);
bool is_utf8(std::string_view text);

}  // namespace mailspec::imap
