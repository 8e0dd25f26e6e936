// Responses as wholes: status responses and their codes, capabilities, mailbox data, and the entry points.
#include "harness/imap/grammar.h"

#include <map>

#include "harness/base/ascii.h"
#include "harness/base/planted.h"
#include "harness/imap/char_class.h"
#include "harness/imap/grammar_parts.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::imap {

namespace grammar {

namespace {

bool status_word(Cursor& c) { return c.whole_word("OK") || c.whole_word("NO") || c.whole_word("BAD"); }

// resp-text-code, up to but without "]"
bool resp_text_code(Cursor& c) {
  const auto name = word_here(c, " ]");
  if (const auto* known = find_code(name)) {
    c.skip(name.size());
    return known->arguments ? known->arguments(c) : c.peek() == ']' || c.fail("\"]\"");
  }
  // atom [SP 1*<any TEXT-CHAR except "]">]
  return atom(c) ? code_text(c) : c.fail("resp-text-code");
}

// message-data and mailbox-data are all that a number begins; "* " has been read.
bool numbered(Cursor& c) {
  const auto here = c.at();
  if (!number(c) || !c.sp()) return false;
  const auto keyword = word_here(c, " \r");
  const auto* known = find_untagged(keyword);
  if (!known || known->numbering == Numbering::none) return c.fail("message-data");
  const auto after = c.at();
  if (known->numbering == Numbering::nz_number) {
    c.back(here);
    if (!nz_number(c)) return false;
  }
  c.back(after + keyword.size());
  return !known->data || known->data(c);
}

bool untagged(Cursor& c) {
  if (is_digit(c.peek())) return numbered(c);
  if (status_word(c) || c.whole_word("BYE")) return c.sp() && resp_text(c);
  // resp-cond-auth stands in a greeting only.
  if (c.whole_word("PREAUTH")) return c.fail("resp-cond-state");
  const auto keyword = word_here(c, " \r");
  if (const auto* known = find_untagged(keyword)) {
    // What only stands behind a number is no extension's.
    if (known->numbering != Numbering::none) return c.fail("number");
    c.skip(keyword.size());
    return !known->data || known->data(c);
  }
  if (c.peek() == '-') return c.fail("response-data");
  return atom(c) && any_data(c);
}

bool response(Cursor& c, bool greeting) {
  if (c.peek() == '+' && !greeting) {
    // continue-req = "+" SP (resp-text / base64) CRLF
    c.skip(1);
    return c.sp() && resp_text(c);
  }
  if (c.peek() == '*') {
    c.skip(1);
    if (!c.sp()) return false;
    if (!greeting) return untagged(c);
    // greeting = "*" SP (resp-cond-auth / resp-cond-bye) CRLF
    return (c.whole_word("OK") || c.whole_word("PREAUTH") || c.whole_word("BYE") || c.fail("greeting")) && c.sp() && resp_text(c);
  }
  if (greeting) return c.fail("greeting");
  const auto here = c.at();
  while (!c.at_end() && is_tag_char(c.peek())) c.skip(1);
  if (c.at() == here) return c.fail("tag");
  return c.sp() && (status_word(c) || c.fail("resp-cond-state")) && c.sp() && resp_text(c);
}

const std::map<std::string_view, Production>& productions() {
  static const std::map<std::string_view, Production> kAll{
      {"number", number},
      {"nz-number", nz_number},
      {"number64", number64},
      {"atom", atom},
      {"astring", astring},
      {"quoted", quoted},
      {"literal", literal},
      {"literal8", literal8},
      {"string", string},
      {"nil", nil},
      {"nstring", nstring},
      {"flag", flag},
      {"flag-fetch", flag_fetch},
      {"flag-list", flag_list},
      {"text", text},
      {"uid-set", uid_set},
      {"mailbox", mailbox},
      {"resp-text", resp_text},
      {"capability-data", capability_data},
      {"mailbox-list", mailbox_list},
      {"status", status_data},
      {"msg-att", msg_att},
      {"envelope", envelope},
      {"address", address},
      {"body", [](Cursor& c) { return body(c); }},
      {"date-time", date_time},
      {"section", section},
      {"response", [](Cursor& c) { return response(c, false); }},
      {"greeting", [](Cursor& c) { return response(c, true); }},
  };
  return kAll;
}

}  // namespace

std::string_view word_here(const Cursor& c, std::string_view ends) { return c.rest().substr(0, std::min(c.rest().find_first_of(ends), c.rest().size())); }

// [SP 1*<any TEXT-CHAR except "]">], behind the name of a response code
bool code_text(Cursor& c) {
  if (c.peek() != ' ') return true;
  c.skip(1);
  const auto here = c.at();
  while (!c.at_end() && c.peek() != ']' && (is_text_char(c.peek()) || (c.dialect().utf8 && is_8bit(c.peek())))) c.skip(1);
  return c.at() > here || c.fail("TEXT-CHAR");
}

bool any_data(Cursor& c) {
  while (c.peek() == ' ') {
    c.skip(1);
    if (!extension_value(c)) return false;
  }
  return true;
}

// resp-text = ["[" resp-text-code "]" SP] [text]
bool resp_text(Cursor& c) {
  if (c.peek() == '[') {
    c.skip(1);
    if (!resp_text_code(c) || !c.lit(']')) return false;
    if (c.at_end()) return c.fail("SP");
    if (!c.sp()) return false;
  }
  return text(c);
}

// *(SP capability) SP "IMAP4rev1" *(SP capability), or IMAP4rev2 (RFC 9051)
bool capability_list(Cursor& c) {
  bool base = false;
  while (c.peek() == ' ') {
    c.skip(1);
    const auto here = c.rest();
    const auto from = c.at();
    if (!atom(c)) return c.fail("capability");
    const auto word = here.substr(0, c.at() - from);
    base = base || iequals(word, "IMAP4rev1") || iequals(word, "IMAP4rev2");
  }
  return base || c.fail("\"IMAP4rev1\" or \"IMAP4rev2\"");
}

// capability-data = "CAPABILITY" and the list
bool capability_data(Cursor& c) { return c.word("CAPABILITY") && capability_list(c); }

// mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox [SP mbox-list-extended]
bool mailbox_list(Cursor& c) {
  if (!c.lit('(')) return false;
  if (c.peek() != ')') {
    do {
      if (c.peek() != '\\') return c.fail("mbx-list-flags");
      c.skip(1);
      if (!atom(c)) return c.fail("mbx-list-flags");
    } while (c.peek() == ' ' && c.sp());
  }
  if (!c.lit(')') || !c.sp()) return false;
  if (c.peek() == '"') {
    const auto from = c.at();
    const auto rest = c.rest();
    if (!quoted(c)) return false;
    const auto inside = rest.substr(1, c.at() - from - 2);
    const bool one =
        (inside.size() == 1) || (inside.size() == 2 && inside[0] == '\\') || (!inside.empty() && is_8bit(inside[0]) && utf8_sequence(inside) == inside.size());
    if (!one) {
      c.back(from);
      return c.fail("DQUOTE QUOTED-CHAR DQUOTE");
    }
  } else if (!nil(c)) {
    return c.fail("hierarchy delimiter");
  }
  if (!c.sp() || !mailbox(c)) return false;
  if (c.peek() != ' ') return true;
  c.skip(1);
  return (c.peek() == '(' && extension_value(c)) || c.fail("mbox-list-extended");
}

// "STATUS" SP mailbox SP "(" [status-att-list] ")"
bool status_data(Cursor& c) {
  if (!mailbox(c) || !c.sp() || !c.lit('(')) return c.fail("status");
  if (c.peek() == ')') return c.skip(1), true;
  do {
    const auto name = word_here(c, " ()");
    if (const auto* known = find_status_item(name)) {
      c.skip(name.size());
      if (!c.sp() || !known->value(c)) return c.fail("status-att-val");
    } else if (!atom(c) || !c.sp() || !extension_value(c)) {
      return c.fail("status-att-val");
    }
  } while (c.peek() == ' ' && c.sp());
  return c.lit(')');
}

}  // namespace grammar

std::optional<GrammarBreach> check_grammar(const Frame& frame, const Dialect& dialect, bool greeting) {
  if (!frame.breach.empty()) return GrammarBreach{"CRLF", frame.breach_at};
  grammar::Cursor c(frame, dialect);
  if (grammar::response(c, greeting)) {
    if (c.at_end()) return std::nullopt;
    c.fail("CRLF");
  }
  if (c.gave_up()) return std::nullopt;
  auto breach = c.breach();
  if (planted("grammar-breach-past-end") && breach.offset == frame.octets.size()) ++breach.offset;
  return breach;
}

std::optional<GrammarBreach> check_production(std::string_view name, const Frame& frame, const Dialect& dialect) {
  const auto it = grammar::productions().find(name);
  const auto* word = find_untagged(name);
  const auto production = it != grammar::productions().end() ? it->second : word ? word->data : nullptr;
  if (!production) return GrammarBreach{"?", 0};
  grammar::Cursor c(frame, dialect);
  if (production(c) && c.at_end()) return std::nullopt;
  if (c.gave_up()) return std::nullopt;
  c.fail("its end");
  return c.breach();
}

std::optional<GrammarBreach> check_production(std::string_view name, std::string_view text, const Dialect& dialect) {
  Frame frame;
  frame.octets = text;
  return check_production(name, frame, dialect);
}

}  // namespace mailspec::imap
