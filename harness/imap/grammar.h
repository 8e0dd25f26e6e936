// The response grammar of RFC 3501 section 9 and RFC 9051 section 9, production by production. A whole frame either keeps to it or does not.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "harness/imap/framer.h"

namespace mailspec::imap {

// What is in force on a connection.
struct Dialect {
  bool rev2 = false;  // IMAP4rev2: the only revision offered, or ENABLEd (RFC 9051 7.2.2)
  bool utf8 = false;  // UTF-8 may stand in quoted strings and text: rev2, UTF8=ACCEPT, LANGUAGE
};

struct GrammarBreach {
  std::string production;  // the ABNF rule that was due
  std::size_t offset = 0;  // in Frame::octets
};

// `greeting`: the frame is the first of a connection.
std::optional<GrammarBreach> check_grammar(const Frame& frame, const Dialect& dialect, bool greeting = false);

// One production over the whole of `text`, by its ABNF name: for tests, and for a part of a response. The keyword of an untagged response ("ESEARCH") names
// what follows it.
// Unknown names give a breach of production "?".
std::optional<GrammarBreach> check_production(std::string_view name, std::string_view text, const Dialect& dialect);
// The same over a frame with literals.
std::optional<GrammarBreach> check_production(std::string_view name, const Frame& frame, const Dialect& dialect);

}  // namespace mailspec::imap
