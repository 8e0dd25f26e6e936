#include "harness/base/ascii.h"
#include "harness/imap/char_class.h"
#include "harness/imap/grammar_parts.h"

namespace mailspec::imap::grammar {

bool Cursor::word(std::string_view w) {
  if (!iequals(x_text.substr(x_at, w.size()), w)) return fail("keyword");
  x_at += w.size();
  return true;
}

bool Cursor::whole_word(std::string_view w) {
  const auto here = x_at;
  if (!word(w)) return false;
  if (!at_end() && is_atom_char(x_text[x_at])) {
    x_at = here;
    return fail("keyword");
  }
  return true;
}

const Literal* Cursor::literal_here() const { return x_frame.literal_at(x_at); }

namespace {

bool digits(Cursor& c, std::uint64_t most, bool zero, const char* production) {
  const auto here = c.at();
  std::uint64_t n = 0;
  bool fits = true;
  while (is_digit(c.peek())) {
    const auto d = static_cast<std::uint64_t>(c.peek() - '0');
    if (n > (most - d) / 10) fits = false;
    else n = n * 10 + d;
    c.skip(1);
  }
  const bool some = c.at() > here;
  const char first = some ? c.rest().data()[-static_cast<std::ptrdiff_t>(c.at() - here)] : '\0';
  if (some && fits && (zero || first != '0')) return true;
  c.back(here);
  return c.fail(production);
}

constexpr std::uint64_t k32 = 4294967295ull;
constexpr std::uint64_t k63 = 9223372036854775807ull;

}  // namespace

// number = 1*DIGIT ; unsigned 32-bit
bool number(Cursor& c) { return digits(c, k32, true, "number"); }
// nz-number = digit-nz *DIGIT
bool nz_number(Cursor& c) { return digits(c, k32, false, "nz-number"); }
// number64 = 1*DIGIT ; unsigned 63-bit
bool number64(Cursor& c) { return digits(c, k63, true, "number64"); }

// atom = 1*ATOM-CHAR
bool atom(Cursor& c) {
  const auto here = c.at();
  c.skip_while(is_atom_char);
  return c.at() > here || c.fail("atom");
}

// astring = 1*ASTRING-CHAR / string
bool astring(Cursor& c) {
  const auto here = c.at();
  c.skip_while(is_astring_char);
  if (c.at() > here) return true;
  return string(c) || c.fail("astring");
}

// quoted = DQUOTE *QUOTED-CHAR DQUOTE
bool quoted(Cursor& c) {
  if (c.peek() != '"' || c.at_end()) return c.fail("quoted");
  const auto here = c.at();
  c.skip(1);
  while (!c.at_end()) {
    const char ch = c.peek();
    if (ch == '"') {
      c.skip(1);
      return true;
    }
    if (ch == '\\') {
      if (!is_quoted_special(c.peek(1))) return c.skip(1), c.fail("quoted-specials"), c.back(here), false;
      c.skip(2);
    } else if (is_8bit(ch)) {
      const auto n = c.dialect().utf8 ? utf8_sequence(c.rest()) : 0;
      if (n == 0) return c.fail("QUOTED-CHAR"), c.back(here), false;
      c.skip(n);
    } else if (is_text_char(ch)) {
      c.skip(1);
    } else {
      break;
    }
  }
  c.fail("QUOTED-CHAR");
  c.back(here);
  return false;
}

// literal = "{" number "}" CRLF *CHAR8 ; no NUL, never "+" from a server
bool literal(Cursor& c) {
  if (c.peek() != '{') return c.fail("literal");
  const auto* l = c.literal_here();
  if (!l || l->binary) return c.fail("literal");
  if (l->has_nul) {
    const auto here = c.at();
    c.back(l->at);
    c.fail("CHAR8");
    c.back(here);
    return false;
  }
  c.skip_literal(*l);
  return true;
}

// literal8 = "~{" number64 "}" CRLF *OCTET
bool literal8(Cursor& c) {
  if (c.peek() != '~' || c.peek(1) != '{') return c.fail("literal8");
  const auto* l = c.literal_here();
  if (!l || !l->binary) return c.fail("literal8");
  c.skip_literal(*l);
  return true;
}

bool string(Cursor& c) { return quoted(c) || literal(c) || c.fail("string"); }
bool nil(Cursor& c) { return c.whole_word("NIL") || c.fail("nil"); }
bool nstring(Cursor& c) { return string(c) || nil(c) || c.fail("nstring"); }

// flag = "\Answered" / ... / flag-keyword / flag-extension ; does not include "\Recent"
bool flag(Cursor& c) {
  const auto here = c.at();
  if (c.whole_word("\\Recent")) {
    c.back(here);
    return c.fail("flag");
  }
  return flag_fetch(c) || c.fail("flag");
}

bool flag_fetch(Cursor& c) {
  const auto here = c.at();
  if (c.peek() == '\\') c.skip(1);
  if (atom(c)) return true;
  c.back(here);
  return c.fail("flag");
}

// flag-list = "(" [flag *(SP flag)] ")"
bool flag_list(Cursor& c) {
  if (!c.lit('(')) return false;
  if (c.peek() != ')') {
    do {
      if (!flag(c)) return false;
    } while (c.peek() == ' ' && c.sp());
  }
  return c.lit(')');
}

// "(" [flag-fetch *(SP flag-fetch)] ")"
bool fetch_flags(Cursor& c) {
  if (!c.lit('(')) return false;
  if (c.peek() != ')') {
    do {
      if (!flag_fetch(c)) return false;
    } while (c.peek() == ' ' && c.sp());
  }
  return c.lit(')');
}

// text = *(TEXT-CHAR / UTF8-2 / UTF8-3 / UTF8-4); RFC 9051 lets it be empty after its SP, and nobody is blamed for it under RFC 3501.
bool text(Cursor& c) {
  while (!c.at_end()) {
    const char ch = c.peek();
    if (is_8bit(ch)) {
      const auto n = c.dialect().utf8 ? utf8_sequence(c.rest()) : 0;
      if (n == 0) return c.fail("TEXT-CHAR");
      c.skip(n);
    } else if (is_text_char(ch)) {
      c.skip_while(is_text_char);
    } else {
      return c.fail("TEXT-CHAR");
    }
  }
  return true;
}

bool sequence_set(Cursor& c) {
  do {
    if (!nz_number(c)) return c.fail("sequence-set");
    if (c.peek() == ':') {
      c.skip(1);
      if (!nz_number(c)) return c.fail("sequence-set");
    }
    if (c.peek() != ',') return true;
    c.skip(1);
  } while (true);
}

bool uid_set(Cursor& c) { return sequence_set(c) || c.fail("uid-set"); }

// mailbox = "INBOX" / astring
bool mailbox(Cursor& c) { return astring(c) || c.fail("mailbox"); }

bool extension_value(Cursor& c, int depth) {
  if (depth > 100) return c.give_up();
  if (c.peek() == '(') {
    c.skip(1);
    if (c.peek() == ')') return c.skip(1), true;
    do {
      if (!extension_value(c, depth + 1)) return false;
    } while (c.peek() == ' ' && c.sp());
    return c.lit(')');
  }
  if (c.peek() == '"') return quoted(c);
  if (c.peek() == '{') return literal(c);
  if (c.peek() == '~') return literal8(c) || atom(c);
  // A flag, a sequence set, a number.
  const auto here = c.at();
  while (!c.at_end() && (is_astring_char(c.peek()) || c.peek() == '\\' || c.peek() == '*')) c.skip(1);
  return c.at() > here || c.fail("value");
}

}  // namespace mailspec::imap::grammar
