#include "harness/language/header_parser.h"

#include <algorithm>
#include <optional>
#include <set>

#include "harness/base/ascii.h"
#include "harness/base/text.h"

namespace mailspec::scenario {

namespace {

const std::vector<std::string> kKeys{"title", "state", "connections", "endpoint", "requires", "tags", "messages", "repeat", "was", "vary", "revision", "inbox"};
constexpr const char* kMessages = R"(a.eml, a.eml*100, a.eml(\Seen " 7-Jul-2024 12:00:00 +0000"), big(25MB), header(10MB), nested(5000) or parts(10000))";

// Advice where no name is near.
std::string or_else(const std::string& what, const std::string& advice) { return what.find("did you mean") == std::string::npos ? what + "; " + advice : what; }

// As words(), but what stands in parentheses holds together.
std::vector<std::string> message_words(const std::string& value) {
  std::vector<std::string> out(1);
  int depth = 0;
  for (const char c : value) {
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == ' ' && depth == 0) out.emplace_back();
    else out.back() += c;
  }
  std::erase(out, "");
  return out;
}

std::optional<MessageSpec> parse_message(std::string word) {
  // a.eml(\Seen $Junk "10-Jul-2024 12:00:00 +0000"); a date is RFC 9051's date-time, so a day of one digit has a space before it.
  static constexpr std::string_view kDateTime = "10-Jul-2024 12:00:00 +0000";
  if (const auto open = word.find(".eml("); open != std::string::npos && word.ends_with(')')) {
    auto inside = word.substr(open + 5, word.size() - open - 6);
    auto spec = parse_message(word.substr(0, open + 4));
    if (!spec) return std::nullopt;
    if (const auto quote = inside.find('"'); quote != std::string::npos) {
      spec->date = inside.substr(quote + 1, inside.rfind('"') - quote - 1);
      if (spec->date.size() != kDateTime.size()) return std::nullopt;
      inside.resize(quote);
    }
    spec->flags = trim(inside);
    return spec;
  }
  for (const std::string made : {"big", "header", "nested", "parts"}) {
    if (!word.starts_with(made + "(")) continue;
    const bool in_megabytes = made == "big" || made == "header";
    const std::string_view end = in_megabytes ? "MB)" : ")";
    if (!word.ends_with(end)) return std::nullopt;
    const auto n = parse_number(std::string_view(word).substr(made.size() + 1, word.size() - made.size() - 1 - end.size()));
    if (!n || *n == 0 || *n > (in_megabytes ? 1024 : 100000)) return std::nullopt;
    return MessageSpec{"", 1, in_megabytes ? *n * 1000 * 1000 : *n, made, {}, {}};
  }
  const auto star = word.find('*');
  const auto count = star == std::string::npos ? std::optional<std::uint64_t>(1) : parse_number(word.substr(star + 1));
  if (!count || *count > 1000000 || !word.substr(0, star).ends_with(".eml")) return std::nullopt;
  return MessageSpec{word.substr(0, star), *count, 0, {}, {}, {}};
}

}  // namespace

std::string Row::fill_in(std::string text) const {
  for (std::size_t i = 0; i < x_cells.size(); ++i) text = replace_all(text, "{" + (*x_columns)[i] + "}", x_cells[i]);
  return text;
}

HeaderParser::HeaderParser(std::string_view path) : x_path(path), x_both(path.ends_with(".both")), x_imap(path.ends_with(".imap") || x_both) {}

Error HeaderParser::error(int line, int column, const std::string& what) const {
  return {Error::Kind::config, x_path + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + what};
}

Status HeaderParser::parse(const std::vector<Source>& lines, std::size_t& at) {
  for (; at < lines.size() && !trim(lines[at].text).empty(); ++at) {
    const auto& [text, line] = lines[at];
    if (text.starts_with('#')) continue;
    const auto colon = text.find(':');
    if (colon == std::string::npos) return error(line, 1, "a header line is 'key: value'; an empty line ends the header");
    Entry entry{std::string(trim(std::string_view(text).substr(0, colon))), std::string(trim(std::string_view(text).substr(colon + 1))), {}, line};
    if (std::ranges::find(kKeys, entry.key) == kKeys.end())
      return error(line, 1, or_else(unknown("header key", entry.key, kKeys), "an empty line ends the header"));
    while (at + 1 < lines.size() && lines[at + 1].text.starts_with(' ') && !trim(lines[at + 1].text).empty()) {
      entry.more.push_back(lines[++at]);
      if (entry.key != "vary") entry.value += " " + std::string(trim(entry.more.back().text));
    }
    if (entry.key == "revision" && !x_imap) return error(line, 1, "revision: is 1, 2 or both, in .imap files");
    const bool twice = entry.key == "vary" ? !x_columns.empty() : std::ranges::find(x_entries, entry.key, &Entry::key) != x_entries.end();
    if (twice) return error(line, 1, entry.key + ": stands above already");
    if (entry.key == "vary") {
      if (auto s = read_table(entry); !s) return s;
    } else {
      x_entries.push_back(std::move(entry));
    }
  }
  if (std::ranges::none_of(x_entries, [](const Entry& e) { return e.key == "title" && !e.value.empty(); })) return error(1, 1, "the header has no title:");
  if (x_rows.empty()) x_rows.emplace_back();
  return ok();
}

Status HeaderParser::read_table(const Entry& entry) {
  for (auto& name : split(entry.value, '|')) x_columns.emplace_back(trim(name));
  std::set<std::string> names;
  for (const auto& source : entry.more) {
    if (trim(source.text).starts_with('#')) continue;
    std::vector<std::string> cells;
    for (auto& cell : split(source.text, '|')) cells.emplace_back(trim(cell));
    if (cells.size() != x_columns.size())
      return error(source.line, 1, "the row has " + std::to_string(cells.size()) + " cells, the table " + std::to_string(x_columns.size()) + " columns");
    if (!names.insert(cells[0]).second) return error(source.line, 1, "two rows begin with '" + cells[0] + "': the first column names the row");
    x_rows.emplace_back(x_columns, std::move(cells));
  }
  return x_rows.empty() ? Status(error(entry.line, 1, "vary: wants rows below it, each indented")) : ok();
}

Result<Case> HeaderParser::case_of(const Row& row) const {
  Case test;
  test.path = x_path;
  test.row = row.name();
  if (x_imap) {
    test.state = x_both ? "none" : "authenticated";
    test.endpoint = "imap";
  }
  for (const auto& entry : x_entries) {
    if (auto s = set(test, entry, row.fill_in(entry.value)); !s) return s.error();
  }
  if (x_both && (!test.speaks(Protocol::pop3) || !test.speaks(Protocol::imap)))
    return error(1, 1, "a scenario for both names the protocol of each connection, as in 'connections: imap pop3'");
  return test;
}

Result<std::vector<int>> HeaderParser::revisions_of(const Row& row) const {
  const auto entry = std::ranges::find(x_entries, "revision", &Entry::key);
  if (entry == x_entries.end()) return std::vector<int>{1, 2};
  std::vector<int> out;
  for (const auto& word : words(row.fill_in(entry->value))) {
    if (word != "1" && word != "2") return error(entry->line, 1, "revision: is 1, 2 or both, in .imap files");
    out.push_back(word[0] - '0');
  }
  if (out.empty()) return error(entry->line, 1, "revision: is 1, 2 or both, in .imap files");
  return out;
}

Status HeaderParser::set(Case& test, const Entry& entry, const std::string& value) const {
  const auto& key = entry.key;
  const int line = entry.line;
  if (key == "title") test.title = value;
  else if (key == "requires") test.requires_ = words(value);
  else if (key == "tags") test.tags = words(value);
  else if (key == "was") test.was = words(value);
  else if (key == "state") return set_state(test, line, value);
  else if (key == "connections" && x_both) return set_connections(test, line, value);
  else if (key == "messages") return set_messages(test, line, value);
  else if (key == "endpoint") {
    const auto endpoints = x_imap ? std::vector<std::string>{"imap", "imaps"} : std::vector<std::string>{"pop3", "pop3s"};
    if (std::ranges::find(endpoints, value) == endpoints.end()) return error(line, 1, unknown("endpoint", value, endpoints));
    test.endpoint = value;
  } else if (key == "connections" || key == "repeat") {
    const auto n = parse_number(value);
    if (!n || *n < 1 || *n > 100) return error(line, 1, key + ": wants a number from 1 to 100");
    (key == "repeat" ? test.repeat : test.connections) = static_cast<int>(*n);
  } else if (key == "inbox") {
    if (!x_imap || x_both || value != "empty") return error(line, 1, "write 'inbox: empty', in IMAP scenarios");
    test.empty_inbox = true;
  }
  return ok();
}

Status HeaderParser::set_state(Case& test, int line, const std::string& value) const {
  const auto states = x_both   ? std::vector<std::string>{"none"}
                      : x_imap ? std::vector<std::string>{"none", "not-authenticated", "authenticated", "selected"}
                               : std::vector<std::string>{"none", "authorization", "transaction"};
  if (std::ranges::find(states, value) == states.end())
    return error(line, 1, or_else(unknown("state", value, states), "here it is one of " + join(states, ", ")));
  test.state = value;
  return ok();
}

Status HeaderParser::set_connections(Case& test, int line, const std::string& value) const {
  for (const auto& word : words(value)) {
    if (word != "pop3" && word != "imap") return error(line, 1, "connections: names the protocol of each, as in 'connections: imap pop3'");
    test.protocols.push_back(word == "imap" ? Protocol::imap : Protocol::pop3);
  }
  test.connections = static_cast<int>(test.protocols.size());
  return ok();
}

Status HeaderParser::set_messages(Case& test, int line, const std::string& value) const {
  for (const auto& word : message_words(value)) {
    auto message = parse_message(word);
    if (!message) return error(line, 1, "'" + word + "' is no message: write " + kMessages);
    test.messages.push_back(std::move(*message));
  }
  return ok();
}

}  // namespace mailspec::scenario
