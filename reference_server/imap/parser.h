// Reads one command from its octets, literals in place. A recursive descent: where the text does not fit, `fail` notes the first reason, and
// everything else does nothing any longer. Productions are those of RFC 3501 9 and RFC 9051 9.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reference_server/deviations/faults.h"
#include "reference_server/imap/command.h"
#include "reference_server/imap/extensions.h"

namespace mailspec::reference::imap {

bool atom_char(char c);     // ATOM-CHAR
bool astring_char(char c);  // ASTRING-CHAR

class Parser {
 public:
  Parser(std::string_view text, const Reading& reading) : x_text(text), x_reading(reading) {}

  const Reading& reading() const { return x_reading; }
  bool has(Extension e) const { return x_reading.in_force.has(e); }
  // Does an extension that is in force add this word?
  bool adds(std::vector<std::string_view> ExtensionRow::* words, std::string_view word) const;
  bool fault(Fault fault) const;
  bool fault(Fault fault, std::string_view of) const;

  bool failed() const { return x_failed; }
  void fail(std::string why, Reason reason = Reason::none);
  const std::string& why() const { return x_why; }
  Reason reason() const { return x_reason; }

  bool at_end() const { return x_at >= x_text.size(); }
  char before() const { return x_at > 0 ? x_text[x_at - 1] : '\0'; }
  char peek(std::size_t n = 0) const { return x_at + n < x_text.size() ? x_text[x_at + n] : '\0'; }
  std::string_view rest() const { return x_text.substr(std::min(x_at, x_text.size())); }
  void skip(std::size_t n) { x_at += n; }
  std::size_t at() const { return x_at; }
  std::string_view from(std::size_t start) const { return x_text.substr(start, x_at - start); }

  void sp();
  void lit(char c);
  bool take(char c);
  // One character at least that `fits`.
  template <typename Fits>
  std::string_view run_of(Fits fits, const char* due) {
    const auto left = x_text.substr(x_at);
    std::size_t n = 0;
    while (n < left.size() && fits(left[n])) ++n;
    if (n == 0) fail(due);
    x_at += n;
    return left.substr(0, n);
  }
  // ( one *(SP one) )
  template <typename One>
  void list_of(One one) {
    lit('(');
    do one();
    while (!x_failed && take(' '));
    lit(')');
  }

  std::string atom();
  std::string word();                          // an atom, in upper case
  std::string string(bool* binary = nullptr);  // `binary`: it may be a literal8, and whether it was
  std::string quoted();
  std::string literal(bool* binary);
  std::string astring(std::string_view what);  // `what` it is an argument of, for faults
  std::string list_mailbox();
  std::uint64_t number(bool nz);
  std::uint64_t number32(bool nz);
  Set set();
  std::string flag();
  std::vector<std::string> flag_list();
  void refuse_recent(const std::vector<std::string>& flags);  // \Recent cannot be set
  std::int64_t date();                                        // days since 1970
  std::vector<std::string> status_items();

 private:
  std::string_view x_text;
  const Reading& x_reading;
  std::size_t x_at = 0;
  bool x_failed = false;
  std::string x_why;
  Reason x_reason = Reason::none;
};

// The arguments of commands, from behind the name.
MailboxArguments read_mailbox(Parser& p, const Head& c);
CopyArguments read_set_and_mailbox(Parser& p, const Head& c);
ListArguments read_list(Parser& p, const Head& c);
FetchArguments read_fetch(Parser& p, const Head& c);
SearchArguments read_search(Parser& p, const Head& c);

}  // namespace mailspec::reference::imap
