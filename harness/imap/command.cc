#include "harness/imap/command.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "harness/base/ascii.h"
#include "harness/imap/char_class.h"

namespace mailspec::imap {

Command parse_command(std::string_view line) {
  Command c;
  const auto space = line.find(' ');
  if (space == std::string_view::npos) {
    c.name = iequals(line, "DONE") ? "DONE" : "(data)";
    c.args = line;
    return c;
  }
  c.tag = line.substr(0, space);
  if (c.tag.empty() || !std::ranges::all_of(c.tag, is_tag_char)) {
    // No server can make out what it is an answer to.
    c.tag.clear();
    c.name = "(data)";
    c.args = line;
    return c;
  }
  auto rest = line.substr(space + 1);
  const auto word = [&] {
    const auto end = std::min(rest.find(' '), rest.size());
    auto w = upper(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return w;
  };
  c.name = word();
  if (c.name == "UID") c.name += " " + word();
  c.args = rest;
  return c;
}

bool parse_set(std::string_view text, std::uint64_t star, NumberSet& out) {
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const auto range = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const auto one = [&](std::string_view t) -> std::optional<std::uint64_t> { return t == "*" ? std::optional(star) : parse_number(t); };
    const auto colon = range.find(':');
    const auto a = one(range.substr(0, colon)), b = colon == std::string_view::npos ? a : one(range.substr(colon + 1));
    if (!a || !b) return false;
    out.emplace_back(std::min(*a, *b), std::max(*a, *b));
  }
  return !out.empty();
}

bool contains(const NumberSet& set, std::uint64_t n) {
  return std::ranges::any_of(set, [&](const auto& r) { return n >= r.first && n <= r.second; });
}

NumberSet normal(NumberSet set) {
  std::ranges::sort(set);
  NumberSet out;
  for (const auto& r : set) {
    if (!out.empty() && (out.back().second >= r.first || out.back().second + 1 == r.first)) out.back().second = std::max(out.back().second, r.second);
    else out.push_back(r);
  }
  return out;
}

std::uint64_t size_of(const NumberSet& set) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t n = 0;
  for (const auto& r : normal(set)) {
    const auto more = r.second - r.first;
    if (more >= kMost - n) return kMost;
    n += more + 1;
  }
  return n;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::vector<std::string> arguments(std::string_view args) {
  std::vector<std::string> out;
  std::string word;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const char c = args[i];
    if (quoted) {
      word += c;
      if (c == '\\' && i + 1 < args.size()) word += args[++i];
      else if (c == '"') quoted = false;
      continue;
    }
    if (c == ' ' && depth == 0) {
      if (!word.empty()) out.push_back(std::move(word));
      word.clear();
      continue;
    }
    if (c == '"') quoted = true;
    if (c == '(') ++depth;
    if (c == ')') --depth;
    word += c;
  }
  if (!word.empty()) out.push_back(std::move(word));
  return out;
}

std::string unquoted(std::string_view argument) {
  if (argument.size() >= 2 && argument.front() == '"' && argument.back() == '"') {
    std::string out;
    for (std::size_t i = 1; i + 1 < argument.size(); ++i) {
      if (argument[i] == '\\' && i + 2 < argument.size()) ++i;
      out += argument[i];
    }
    return out;
  }
  if (argument.starts_with('{')) {
    const auto line = argument.find("\r\n");
    if (line != std::string_view::npos) return std::string(argument.substr(line + 2));
  }
  return std::string(argument);
}

}  // namespace mailspec::imap
