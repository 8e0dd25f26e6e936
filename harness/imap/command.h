// A command as it was sent, as far as rules must know it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailspec::imap {

struct Command {
  std::string tag;
  std::string name;  // in upper case; "UID FETCH" for the UID forms; "DONE" and "(data)" for what continues a command
  std::string args;  // the rest of the line, secrets elided; literals stand after their announcement
  bool done = true;  // sent to its end; false while literals are still to follow
  bool is_command() const { return !tag.empty(); }
};

// Takes a line without its CRLF. A line that is no command gives an empty tag.
Command parse_command(std::string_view line);

// Ranges of a sequence set, each (low, high); `star` stands for "*". Nothing when it is none, or holds "$".
using NumberSet = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
bool parse_set(std::string_view text, std::uint64_t star, NumberSet& out);
bool contains(const NumberSet& set, std::uint64_t n);
// How many numbers there are; the highest number there is if they are more.
std::uint64_t size_of(const NumberSet& set);
// Sorted, overlaps joined: two sets are the same set when their normal forms are equal.
NumberSet normal(NumberSet set);

// A string as a client may send it: in quotes.
std::string quoted(std::string_view text);
// Words of `args` at the top level; strings and parentheses kept whole, quotes kept.
std::vector<std::string> arguments(std::string_view args);
// An argument's meaning: quotes and the announcement of a literal taken off.
std::string unquoted(std::string_view argument);

}  // namespace mailspec::imap
