// Structure-aware mutation of IMAP and POP3 text, commands and responses alike, beside an engine's own: octets in, octets out. It knows lines, words, numbers,
// quoted strings, literals and parentheses, and that is enough to keep most of what it makes near the grammar.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::fuzz {

struct Token {
  enum class Kind { word, number, quoted, literal, open, close, space, line_end } kind;
  std::string text;  // of a literal with its announcement and all its octets
};

// Any octets; put together again they are the same.
std::vector<Token> tokens_of(std::string_view octets);
std::string text_of(const std::vector<Token>& tokens);

// One to three changes, fixed by the seed, to at most `limit` octets: a word, group or line swapped, doubled or taken away; nested; a number or literal
// stretched; a string written in another way; a cut at a literal's edge.
std::string mutate(std::string_view octets, std::uint32_t seed, std::size_t limit);

// The first lines of one session and the last of another.
std::string splice(std::string_view first, std::string_view second, std::uint32_t seed, std::size_t limit);

}  // namespace mailspec::fuzz
