// A cursor over a frame, and the core productions that all others are made of. Internal to the grammar.
#pragma once

#include <algorithm>
#include <string_view>

#include "harness/imap/framer.h"
#include "harness/imap/grammar.h"

namespace mailspec::imap::grammar {

class Cursor {
 public:
  Cursor(const Frame& frame, const Dialect& dialect, std::size_t at = 0) : x_frame(frame), x_text(frame.octets), x_dialect(dialect), x_at(at), x_furthest(at) {}

  const Dialect& dialect() const { return x_dialect; }
  bool at_end() const { return x_at == x_text.size(); }
  char peek(std::size_t ahead = 0) const { return x_at + ahead < x_text.size() ? x_text[x_at + ahead] : '\0'; }
  std::string_view rest() const { return x_text.substr(x_at); }
  std::size_t at() const { return x_at; }
  void back(std::size_t at) { x_at = at; }
  void skip(std::size_t n) { x_at += n; }
  template <typename Class>
  void skip_while(Class is_of) {
    const auto run = rest();
    x_at += static_cast<std::size_t>(std::ranges::find_if_not(run, is_of) - run.begin());
  }

  bool lit(char c) {
    if (at_end() || x_text[x_at] != c) return fail(c == ' ' ? "SP" : c == '(' ? "\"(\"" : c == ')' ? "\")\"" : c == ']' ? "\"]\"" : "punctuation");
    ++x_at;
    return true;
  }
  bool sp() { return lit(' '); }
  // In any case (RFC 9051 9: all alphabetic characters are case insensitive).
  bool word(std::string_view w);
  // The word, and then no further ATOM-CHAR.
  bool whole_word(std::string_view w);
  bool fail(const char* production) {
    if (x_at >= x_furthest) {
      x_furthest = x_at;
      x_due = production;
    }
    return false;
  }
  // Deeper than is looked: nobody is accused of what was not read.
  bool give_up() {
    x_gave_up = true;
    return false;
  }
  bool gave_up() const { return x_gave_up; }
  GrammarBreach breach() const { return {x_due, x_furthest}; }
  // A literal whose announcement stands here.
  const Literal* literal_here() const;
  void skip_literal(const Literal& l) { x_at = l.at + l.kept; }

 private:
  const Frame& x_frame;
  std::string_view x_text;
  const Dialect& x_dialect;
  std::size_t x_at;
  std::size_t x_furthest;
  bool x_gave_up = false;
  const char* x_due = "response";
};

// Tries `f`; goes back where it fails.
template <class F>
bool attempt(Cursor& c, F f) {
  const auto here = c.at();
  if (f()) return true;
  c.back(here);
  return false;
}

bool number(Cursor& c);  // 32 bits
bool nz_number(Cursor& c);
bool number64(Cursor& c);  // RFC 9051 9: 63 bits
bool atom(Cursor& c);
bool astring(Cursor& c);
bool quoted(Cursor& c);
bool literal(Cursor& c);  // no NUL
bool literal8(Cursor& c);
bool string(Cursor& c);
bool nil(Cursor& c);
bool nstring(Cursor& c);
bool flag(Cursor& c);  // no \Recent
bool flag_fetch(Cursor& c);
bool fetch_flags(Cursor& c);  // with \Recent
bool flag_list(Cursor& c);
bool text(Cursor& c);          // may be empty (RFC 9051)
bool sequence_set(Cursor& c);  // as responses have it: no "*", no "$"
bool uid_set(Cursor& c);
bool mailbox(Cursor& c);
// Any balanced value: what extensions may send.
bool extension_value(Cursor& c, int depth = 0);

// The word here, up to one of `ends`.
std::string_view word_here(const Cursor& c, std::string_view ends);
// What may follow the name of a response code that the ABNF does not name.
bool code_text(Cursor& c);
// *(SP value): data of extensions that the judge does not read.
bool any_data(Cursor& c);

bool resp_text(Cursor& c);
bool capability_list(Cursor& c);
bool capability_data(Cursor& c);
bool mailbox_list(Cursor& c);
bool status_data(Cursor& c);
bool msg_att(Cursor& c);
bool envelope(Cursor& c);
bool address(Cursor& c);
bool body(Cursor& c, int depth = 0);
bool date_time(Cursor& c);
bool section(Cursor& c);
bool section_part(Cursor& c);

}  // namespace mailspec::imap::grammar
