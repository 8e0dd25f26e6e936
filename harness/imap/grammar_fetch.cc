// FETCH: msg-att and what stands in it.
#include "harness/base/ascii.h"
#include "harness/imap/char_class.h"
#include "harness/imap/grammar_parts.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::imap::grammar {

namespace {

constexpr int kMaxDepth = 200;

// zone and time of a date-time: 2DIGIT ":" 2DIGIT ":" 2DIGIT SP ("+" / "-") 4DIGIT
bool shape(Cursor& c, std::string_view form) {
  for (const char f : form) {
    const char ch = c.peek();
    const bool fits = f == '9' ? is_digit(ch) : f == '+' ? ch == '+' || ch == '-' : ch == f;
    if (!fits || c.at_end()) return c.fail("date-time");
    c.skip(1);
  }
  return true;
}

// body-fld-param = "(" string SP string *(SP string SP string) ")" / nil
bool body_fld_param(Cursor& c) {
  if (c.peek() != '(') return nil(c) || c.fail("body-fld-param");
  c.skip(1);
  for (;;) {
    if (!string(c) || !c.sp() || !string(c)) return c.fail("body-fld-param");
    if (c.peek() == ')') return c.skip(1), true;
    if (!c.sp()) return c.fail("body-fld-param");
  }
}

// body-fld-dsp = "(" string SP body-fld-param ")" / nil
bool body_fld_dsp(Cursor& c) {
  if (c.peek() != '(') return nil(c) || c.fail("body-fld-dsp");
  c.skip(1);
  return (string(c) && c.sp() && body_fld_param(c) && c.lit(')')) || c.fail("body-fld-dsp");
}

// body-fld-lang = nstring / "(" string *(SP string) ")"
bool body_fld_lang(Cursor& c) {
  if (c.peek() != '(') return nstring(c) || c.fail("body-fld-lang");
  c.skip(1);
  do {
    if (!string(c)) return c.fail("body-fld-lang");
  } while (c.peek() == ' ' && c.sp());
  return c.lit(')');
}

// body-extension = nstring / number / number64 / "(" body-extension *(SP body-extension) ")"
bool body_extension(Cursor& c, int depth) {
  if (depth > kMaxDepth) return c.give_up();
  if (c.peek() == '(') {
    c.skip(1);
    do {
      if (!body_extension(c, depth + 1)) return false;
    } while (c.peek() == ' ' && c.sp());
    return c.lit(')');
  }
  return is_digit(c.peek()) ? number64(c) : nstring(c) || c.fail("body-extension");
}

// [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc *(SP body-extension)]]], what both kinds of body end in
bool body_ext_tail(Cursor& c) {
  if (c.peek() != ' ') return true;
  c.skip(1);
  if (!body_fld_dsp(c)) return false;
  if (c.peek() != ' ') return true;
  c.skip(1);
  if (!body_fld_lang(c)) return false;
  if (c.peek() != ' ') return true;
  c.skip(1);
  if (!nstring(c)) return c.fail("body-fld-loc");
  while (c.peek() == ' ') {
    c.skip(1);
    if (!body_extension(c, 0)) return false;
  }
  return true;
}

// body-fields = body-fld-param SP body-fld-id SP body-fld-desc SP body-fld-enc SP body-fld-octets
bool body_fields(Cursor& c) {
  return body_fld_param(c) && c.sp() && (nstring(c) || c.fail("body-fld-id")) && c.sp() && (nstring(c) || c.fail("body-fld-desc")) && c.sp() &&
         (string(c) || c.fail("body-fld-enc")) && c.sp() && (number(c) || c.fail("body-fld-octets"));
}

// The text of the quoted string here, in upper case; "" for a literal.
std::string quoted_word(const Cursor& c) {
  const auto rest = c.rest();
  if (!rest.starts_with('"')) return {};
  return upper(rest.substr(1, rest.find('"', 1) - 1));
}

bool body_type_1part(Cursor& c, int depth) {
  const auto type = quoted_word(c);
  if (!string(c) || !c.sp()) return c.fail("media-type");
  const auto subtype = quoted_word(c);
  if (!string(c)) return c.fail("media-subtype");
  if (!c.sp() || !body_fields(c)) return false;
  if (type == "TEXT") {
    if (!c.sp() || !number64(c)) return c.fail("body-fld-lines");
  } else if (type == "MESSAGE" && (subtype == "RFC822" || (subtype == "GLOBAL" && c.dialect().rev2))) {
    if (!c.sp() || !envelope(c) || !c.sp() || !body(c, depth + 1) || !c.sp() || !number64(c)) return c.fail("body-type-msg");
  } else if (type == "MESSAGE" && subtype == "GLOBAL") {
    // RFC 6532's type under RFC 3501: both forms are met.
    attempt(c, [&] { return c.sp() && envelope(c) && c.sp() && body(c, depth + 1) && c.sp() && number64(c); });
  }
  // [SP body-ext-1part], which begins with body-fld-md5
  if (c.peek() != ' ') return true;
  c.skip(1);
  return (nstring(c) || c.fail("body-fld-md5")) && body_ext_tail(c);
}

// body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
bool body_type_mpart(Cursor& c, int depth) {
  while (c.peek() == '(') {
    if (!body(c, depth + 1)) return false;
  }
  if (!c.sp() || !string(c)) return c.fail("media-subtype");
  if (c.peek() != ' ') return true;
  c.skip(1);
  return body_fld_param(c) && body_ext_tail(c);
}

// ( address+ ) / nil ; RFC 3501 writes 1*address without a blank between them
bool address_list(Cursor& c) {
  if (c.peek() != '(') return nil(c) || c.fail("1*address or nil");
  c.skip(1);
  do {
    if (!address(c)) return false;
  } while (c.peek() == '(');
  return c.lit(')');
}

bool section_msgtext(Cursor& c) {
  if (c.word("HEADER.FIELDS")) {
    (void)(c.peek() == '.' && c.word(".NOT"));
    if (!c.sp() || !c.lit('(')) return c.fail("header-list");
    do {
      if (!astring(c)) return c.fail("header-fld-name");
    } while (c.peek() == ' ' && c.sp());
    return c.lit(')');
  }
  return c.word("HEADER") || c.word("TEXT") || c.fail("section-msgtext");
}

// What an extension has defined (RFC 4466 2.4, fetch-att-ext).
bool unknown_item(Cursor& c) {
  const auto here = c.at();
  while (!c.at_end() && (is_atom_char(c.peek()) || c.peek() == ']')) c.skip(1);
  if (c.at() == here) return c.fail("msg-att");
  return c.sp() && extension_value(c);
}

// "BODY." and the like begin what the ABNF has for commands only, or nothing at all.
bool is_of_commands(std::string_view name) {
  const auto dot = name.find('.');
  return dot != std::string_view::npos && find_fetch_item(std::string(name.substr(0, dot)) + "[");
}

bool msg_att_item(Cursor& c) {
  auto name = word_here(c, " [()");
  const bool bracket = c.peek(name.size()) == '[';
  const auto* item = find_fetch_item(c.rest().substr(0, name.size() + bracket));
  if (!item) return is_of_commands(name) ? c.fail("msg-att") : unknown_item(c);
  c.skip(name.size());
  if (item->section && !item->section(c)) return false;
  if (item->origin && c.peek() == '<') {
    c.skip(1);
    if (!number64(c)) return false;
    if (c.peek() != '>') return c.fail("\">\"");
    c.skip(1);
  }
  return c.sp() && item->value(c);
}

}  // namespace

// date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
bool date_time(Cursor& c) {
  if (c.peek() != '"') return c.fail("date-time");
  c.skip(1);
  if (c.peek() == ' ') {
    if (!shape(c, " 9")) return false;
  } else if (!shape(c, "99")) {
    return false;
  }
  if (!shape(c, "-")) return false;
  constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (std::ranges::none_of(kMonths, [&](auto m) { return c.word(m); })) return c.fail("date-month");
  return shape(c, "-9999 99:99:99 +9999\"");
}

// section-part = nz-number *("." nz-number)
bool section_part(Cursor& c) {
  if (!nz_number(c)) return c.fail("section-part");
  while (c.peek() == '.' && is_digit(c.peek(1))) {
    c.skip(1);
    if (!nz_number(c)) return c.fail("section-part");
  }
  return true;
}

// section = "[" [section-spec] "]"
bool section(Cursor& c) {
  if (!c.lit('[')) return false;
  if (c.peek() == ']') return c.skip(1), true;
  if (is_digit(c.peek())) {
    if (!section_part(c)) return false;
    if (c.peek() == '.') {
      c.skip(1);
      if (!c.word("MIME") && !section_msgtext(c)) return false;
    }
  } else if (!section_msgtext(c)) {
    return false;
  }
  return c.lit(']');
}

// address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
bool address(Cursor& c) {
  if (!c.lit('(')) return c.fail("address");
  for (int i = 0; i < 4; ++i) {
    if ((i > 0 && !c.sp()) || !nstring(c)) return c.fail("address");
  }
  return c.lit(')');
}

// envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc SP env-in-reply-to SP
// env-message-id ")"
bool envelope(Cursor& c) {
  if (!c.lit('(')) return c.fail("envelope");
  for (int i = 0; i < 10; ++i) {
    if (i > 0 && !c.sp()) return c.fail("envelope");
    const bool addresses = i >= 2 && i <= 7;
    if (!(addresses ? address_list(c) : nstring(c))) return c.fail("envelope");
  }
  return c.lit(')') || c.fail("envelope");
}

// body = "(" (body-type-1part / body-type-mpart) ")"
bool body(Cursor& c, int depth) {
  if (depth > kMaxDepth) return c.give_up();
  if (!c.lit('(')) return c.fail("body");
  return (c.peek() == '(' ? body_type_mpart(c, depth) : body_type_1part(c, depth)) && c.lit(')');
}

// msg-att = "(" (msg-att-dynamic / msg-att-static) *(SP (msg-att-dynamic / msg-att-static)) ")"
bool msg_att(Cursor& c) {
  if (!c.lit('(')) return c.fail("msg-att");
  do {
    if (!msg_att_item(c)) return false;
  } while (c.peek() == ' ' && c.sp());
  return c.lit(')');
}

}  // namespace mailspec::imap::grammar
