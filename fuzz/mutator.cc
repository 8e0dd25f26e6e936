#include "fuzz/mutator.h"

#include <algorithm>
#include <array>
#include <random>

#include "harness/base/ascii.h"

namespace mailspec::fuzz {

using Tokens = std::vector<Token>;
using Kind = Token::Kind;

namespace {

bool ends_word(char c) { return c == ' ' || c == '(' || c == ')' || c == '"' || c == '\r' || c == '\n' || c == '{'; }

// "{5}\r\nhello", "{5+}" and "~{5}" too; its length, or 0 if none begins here. What is announced and not there is left out.
std::size_t literal_at(std::string_view text) {
  std::size_t at = text.starts_with('~') ? 1 : 0;
  if (at >= text.size() || text[at] != '{') return 0;
  std::uint64_t size = 0;
  const auto digits = ++at;
  while (at < text.size() && is_digit(text[at]) && at - digits < 7) size = size * 10 + static_cast<std::uint64_t>(text[at++] - '0');
  if (at == digits) return 0;
  if (at < text.size() && text[at] == '+') ++at;
  if (text.substr(at, 3) != "}\r\n") return 0;
  return std::min<std::size_t>(text.size(), at + 3 + size);
}

class Mutation {
 public:
  Mutation(Tokens tokens, std::uint32_t seed, std::size_t limit) : x_tokens(std::move(tokens)), x_random(seed), x_limit(limit) {}

  Tokens run() {
    for (auto changes = 1 + below(3); changes > 0 && !x_tokens.empty(); --changes) change();
    return std::move(x_tokens);
  }

 private:
  using Range = std::pair<std::size_t, std::size_t>;  // from, to (exclusive)

  std::size_t below(std::size_t n) { return n ? x_random() % n : 0; }

  void change() {
    switch (below(9)) {
      case 0: return swap(some_group(), some_group());
      case 1: return duplicate(some_group());
      case 2: return erase(some_group());
      case 3: return nest();
      case 4: return stretch_number();
      case 5: return stretch_literal();
      case 6: return rewrite_string();
      case 7: return below(2) ? swap(some_line(), some_line()) : duplicate(some_line());
      default: return cut();
    }
  }

  // A token, or a whole list in parentheses if it opens one.
  Range some_group() {
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < x_tokens.size(); ++i) {
      const auto kind = x_tokens[i].kind;
      if (kind != Kind::space && kind != Kind::line_end && kind != Kind::close) starts.push_back(i);
    }
    if (starts.empty()) return {0, 0};
    const auto from = starts[below(starts.size())];
    if (x_tokens[from].kind != Kind::open) return {from, from + 1};
    int depth = 0;
    for (auto i = from; i < x_tokens.size(); ++i) {
      depth += x_tokens[i].kind == Kind::open ? 1 : x_tokens[i].kind == Kind::close ? -1 : 0;
      if (depth == 0) return {from, i + 1};
    }
    return {from, from + 1};
  }

  Range some_line() {
    std::vector<Range> lines;
    for (std::size_t from = 0, i = 0; i < x_tokens.size(); ++i) {
      if (x_tokens[i].kind != Kind::line_end && i + 1 < x_tokens.size()) continue;
      lines.emplace_back(from, i + 1);
      from = i + 1;
    }
    return lines.empty() ? Range{0, 0} : lines[below(lines.size())];
  }

  Tokens copy(Range r) const { return {x_tokens.begin() + static_cast<std::ptrdiff_t>(r.first), x_tokens.begin() + static_cast<std::ptrdiff_t>(r.second)}; }
  void erase(Range r) { x_tokens.erase(x_tokens.begin() + static_cast<std::ptrdiff_t>(r.first), x_tokens.begin() + static_cast<std::ptrdiff_t>(r.second)); }
  void insert(std::size_t at, const Tokens& what) { x_tokens.insert(x_tokens.begin() + static_cast<std::ptrdiff_t>(at), what.begin(), what.end()); }

  void swap(Range a, Range b) {
    if (a.first > b.first) std::swap(a, b);
    if (a.second > b.first) return;
    const auto first = copy(a), second = copy(b);
    erase(b);
    insert(b.first, first);
    erase(a);
    insert(a.first, second);
  }

  void duplicate(Range r) {
    const auto what = copy(r);
    const bool line = !what.empty() && what.back().kind == Kind::line_end;
    for (auto times = 1 + below(below(8) ? 2 : 40); times > 0 && x_tokens.size() + what.size() <= x_limit; --times) {
      if (!line) insert(r.second, {{Kind::space, " "}});
      insert(r.second + (line ? 0 : 1), what);
    }
  }

  void nest() {
    const auto r = some_group();
    const auto depth = 1 + below(below(4) ? 3 : 80);
    insert(r.second, Tokens(depth, {Kind::close, ")"}));
    insert(r.first, Tokens(depth, {Kind::open, "("}));
  }

  Token* some(Kind kind) {
    std::vector<Token*> all;
    for (auto& t : x_tokens) {
      if (t.kind == kind) all.push_back(&t);
    }
    return all.empty() ? nullptr : all[below(all.size())];
  }

  void stretch_number() {
    static constexpr std::array kNumbers{"0",  "1",     "4294967295",          "4294967296",           "2147483648",           "9223372036854775807",
                                         "-1", "00001", "9223372036854775808", "18446744073709551616", "99999999999999999999", "*"};
    if (auto* t = some(Kind::number)) t->text = kNumbers[below(kNumbers.size())];
  }

  void stretch_literal() {
    auto* t = some(Kind::literal);
    if (!t) return rewrite_string();
    const auto brace = t->text.find('{'), end = t->text.find("}\r\n");
    const auto octets = t->text.substr(end + 3);
    const bool plus = t->text[end - 1] == '+';
    auto content = octets;
    std::string size;
    switch (below(5)) {
      case 0: size = std::to_string(octets.size() + 1); break;  // one too many: what follows is eaten
      case 1: size = std::to_string(octets.empty() ? 1 : octets.size() - 1); break;
      case 2: size = "4294967296"; break;
      case 3: content += octets + octets, size = std::to_string(content.size()); break;
      default: content.clear(), size = "0";
    }
    t->text = t->text.substr(0, brace + 1) + size + (plus ? "+" : "") + "}\r\n" + content;
  }

  // A word, a quoted string or a literal as another of them, now and then with an escape in it.
  void rewrite_string() {
    auto* t = some(below(2) ? Kind::word : below(2) ? Kind::quoted : Kind::literal);
    if (!t) return;
    std::string octets = t->text;
    if (t->kind == Kind::quoted) octets = octets.substr(1, octets.size() - (octets.size() > 1 ? 2 : 1));
    if (t->kind == Kind::literal) octets = octets.substr(octets.find("}\r\n") + 3);
    const auto at = below(octets.size() + 1);
    const std::string special = below(2) ? "\"" : "\\";  // what a quoted string escapes, and a literal has as it is
    switch (below(5)) {
      case 0: *t = {Kind::quoted, "\"" + octets + "\""}; break;
      case 1: *t = {Kind::quoted, "\"" + octets.insert(at, "\\" + special) + "\""}; break;
      case 2: octets.insert(at, special); [[fallthrough]];
      case 3: *t = {Kind::literal, "{" + std::to_string(octets.size()) + "+}\r\n" + octets}; break;
      default: *t = {Kind::literal, std::string(below(2) ? "~{" : "{") + std::to_string(octets.size()) + "}\r\n" + octets};
    }
  }

  // The end comes at a literal's edge: before its CRLF, between them, behind them, or within its octets.
  void cut() {
    std::vector<std::size_t> literals;
    for (std::size_t i = 0; i < x_tokens.size(); ++i) {
      if (x_tokens[i].kind == Kind::literal) literals.push_back(i);
    }
    if (literals.empty()) return x_tokens.resize(1 + below(x_tokens.size()));
    const auto at = literals[below(literals.size())];
    auto& text = x_tokens[at].text;
    const auto brace = text.find("}\r\n");
    text.resize(std::min(text.size(), brace + 1 + below(4)));
    x_tokens[at].kind = Kind::word;  // no literal any more
    x_tokens.resize(at + 1);
  }

  Tokens x_tokens;
  std::minstd_rand x_random;
  std::size_t x_limit;  // of octets, and so of tokens
};

}  // namespace

Tokens tokens_of(std::string_view octets) {
  Tokens out;
  for (std::size_t at = 0; at < octets.size();) {
    const auto rest = octets.substr(at);
    const char c = rest[0];
    std::size_t size = 1;
    Kind kind = Kind::word;
    if (rest.starts_with("\r\n")) {
      kind = Kind::line_end, size = 2;
    } else if (c == ' ') {
      kind = Kind::space;
    } else if (c == '(' || c == ')') {
      kind = c == '(' ? Kind::open : Kind::close;
    } else if (c == '"') {
      kind = Kind::quoted;
      while (size < rest.size() && rest[size] != '"' && rest[size] != '\r') size += rest[size] == '\\' && size + 1 < rest.size() ? 2 : 1;
      if (size < rest.size() && rest[size] == '"') ++size;
    } else if (const auto literal = literal_at(rest)) {
      kind = Kind::literal, size = literal;
    } else {
      while (size < rest.size() && !ends_word(rest[size])) ++size;
      if (std::ranges::all_of(rest.substr(0, size), is_digit)) kind = Kind::number;
    }
    out.push_back({kind, std::string(rest.substr(0, size))});
    at += size;
  }
  return out;
}

std::string text_of(const Tokens& tokens) {
  std::string out;
  for (const auto& t : tokens) out += t.text;
  return out;
}

std::string mutate(std::string_view octets, std::uint32_t seed, std::size_t limit) {
  auto out = text_of(Mutation(tokens_of(octets), seed, limit).run());
  if (out.size() > limit) out.resize(limit);
  return out;
}

std::string splice(std::string_view first, std::string_view second, std::uint32_t seed, std::size_t limit) {
  std::minstd_rand random(seed);
  // After the n-th line end, by the seed.
  const auto edge = [&](std::string_view text) {
    std::vector<std::size_t> edges{0};
    for (std::size_t at = 0; (at = text.find("\r\n", at)) != std::string_view::npos; at += 2) edges.push_back(at + 2);
    return edges[random() % edges.size()];
  };
  std::string out(first.substr(0, edge(first)));
  out += second.substr(edge(second));
  if (out.size() > limit) out.resize(limit);
  return out;
}

}  // namespace mailspec::fuzz
