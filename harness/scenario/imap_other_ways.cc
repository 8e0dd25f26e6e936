#include "harness/scenario/imap_other_ways.h"

#include <algorithm>
#include <array>
#include <optional>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::scenario {

namespace {

struct Refused {
  std::string name;  // without UID
  bool uid = false;
  std::vector<std::string> args;
  const Surroundings& around;
};

std::string command(const std::string& name, std::vector<std::string> args) {
  args.insert(args.begin(), name);
  return join(args, " ");
}

std::string same(const Refused& r, std::vector<std::string> args) { return command((r.uid ? "UID " : "") + r.name, std::move(args)); }

// ---- STORE

std::vector<Way> loud(const Refused& r) {
  constexpr std::string_view kSilent = ".SILENT";
  if (r.args.size() < 2 || !upper(r.args[1]).ends_with(kSilent)) return {};
  auto args = r.args;
  args[1].resize(args[1].size() - kSilent.size());
  return {{same(r, args)}};
}

// ---- numbers and UIDs

std::optional<std::string> set_of(const std::vector<std::uint64_t>& numbers) {
  if (numbers.empty()) return std::nullopt;
  std::string out;
  for (const auto n : numbers) out += (out.empty() ? "" : ",") + std::to_string(n);
  return out;
}

// The set in the other kind of number.
std::optional<std::string> other_set(const Refused& r) {
  constexpr std::size_t kMost = 1000;
  if (r.args.empty()) return std::nullopt;
  if (r.args[0] == "1:*") return r.args[0];
  const auto uids = r.around.uids();
  imap::NumberSet set;
  if (uids.empty() || uids.size() > kMost || !imap::parse_set(r.args[0], r.uid ? uids.back() : uids.size(), set)) return std::nullopt;
  std::vector<std::uint64_t> out;
  for (std::size_t i = 0; i < uids.size(); ++i) {
    if (imap::contains(set, r.uid ? uids[i] : i + 1)) out.push_back(r.uid ? i + 1 : uids[i]);
  }
  return set_of(out);
}

std::vector<Way> other_numbers(const Refused& r) {
  const auto set = other_set(r);
  if (!set) return {};
  auto args = r.args;
  args[0] = *set;
  // UID FETCH gives UIDs unasked; FETCH does not.
  if (r.name == "FETCH" && r.uid && args.size() == 2 && upper(args[1]).find("UID") == std::string::npos)
    args[1] = "(UID " + (args[1].starts_with('(') ? args[1].substr(1) : args[1] + ")");
  Refused other{r.name, !r.uid, r.args, r.around};
  std::vector<Way> out{{same(other, args)}};
  other.args = args;
  for (auto& way : r.name == "STORE" ? loud(other) : std::vector<Way>{}) out.push_back(std::move(way));
  return out;
}

// ---- one item at a time

std::vector<Way> item_by_item(const Refused& r) {
  if (r.args.size() != 2 || !r.args[1].starts_with('(') || !r.args[1].ends_with(')')) return {};
  std::vector<std::string> items;
  for (auto& word : imap::arguments(std::string_view(r.args[1]).substr(1, r.args[1].size() - 2))) {
    // BODY[HEADER.FIELDS (Subject)] is one.
    const bool goes_on = !items.empty() && std::ranges::count(items.back(), '[') > std::ranges::count(items.back(), ']');
    if (goes_on) items.back() += " " + word;
    else items.push_back(std::move(word));
  }
  const bool bare = r.name == "FETCH";  // RFC 9051 9: STATUS has its items in parentheses always
  if (items.empty() || (items.size() == 1 && !bare)) return {};
  Way way;
  for (const auto& item : items) way.push_back(same(r, {r.args[0], bare ? item : "(" + item + ")"}));
  return {way};
}

// ---- names

bool is_atom(const std::string& name) {
  return !name.empty() && !iequals(name, "NIL") &&
         std::ranges::all_of(name, [](char c) { return c > ' ' && c < 127 && std::string_view("(){%*\"\\]").find(c) == std::string_view::npos; });
}

// Names as atoms, if they are in quotes, and the other way round.
std::vector<Way> other_names(const Refused& r) {
  auto args = r.args;
  bool changed = false;
  for (auto& a : args) {
    if (a.starts_with('(') || a.empty()) continue;
    if (!a.starts_with('"')) a = imap::quoted(a), changed = true;
    else if (const auto name = imap::unquoted(a); is_atom(name)) a = name, changed = true;
  }
  if (!changed) return {};
  return {{same(r, args)}};
}

std::vector<Way> other_patterns(const Refused& r) {
  if (r.args.size() != 2) return {};
  const auto pattern = imap::unquoted(r.args[1]);
  auto bare = pattern;
  std::erase_if(bare, [](char c) { return c == '%' || c == '*'; });
  if (!r.args[1].starts_with('"')) return {{same(r, {r.args[0], imap::quoted(pattern)})}};
  if (!is_atom(bare)) return {};
  return {{same(r, {r.args[0], pattern})}};
}

// ---- others

std::vector<Way> by_uid_expunge(const Refused& r) {
  if (r.uid || !r.args.empty() || !r.around.offers("UIDPLUS")) return {};
  return {{"UID EXPUNGE 1:*"}};
}

std::vector<Way> by_close(const Refused& r) {
  if (r.uid || !r.args.empty() || !r.around.selection.starts_with("SELECT ")) return {};
  return {{"CLOSE", r.around.selection}};
}

std::vector<Way> by_set(const Refused& r) {
  if (r.args.size() != 1 || !iequals(r.args[0], "ALL")) return {};
  return {{same(r, {"1:*"})}};
}

struct Row {
  std::string_view name;
  std::vector<Way> (*ways)(const Refused&);
};

constexpr std::array kTable{
    Row{"STORE", loud},
    Row{"STORE", other_numbers},
    Row{"FETCH", item_by_item},
    Row{"FETCH", other_numbers},
    Row{"COPY", other_numbers},
    Row{"MOVE", other_numbers},
    Row{"SEARCH", by_set},
    Row{"EXPUNGE", by_uid_expunge},
    Row{"EXPUNGE", by_close},
    Row{"LIST", other_patterns},
    Row{"SELECT", other_names},
    Row{"EXAMINE", other_names},
    Row{"CREATE", other_names},
    Row{"DELETE", other_names},
    Row{"RENAME", other_names},
    Row{"SUBSCRIBE", other_names},
    Row{"UNSUBSCRIBE", other_names},
    Row{"STATUS", item_by_item},
    Row{"STATUS", other_names},
};

}  // namespace

std::vector<Way> other_ways(const imap::Command& refused, const Surroundings& around) {
  if (refused.args.find("\r\n") != std::string::npos) return {};
  const bool uid = refused.name.starts_with("UID ");
  const Refused r{uid ? refused.name.substr(4) : refused.name, uid, imap::arguments(refused.args), around};
  std::vector<Way> out;
  for (const auto& row : kTable) {
    if (row.name != r.name) continue;
    for (auto& way : row.ways(r)) out.push_back(std::move(way));
  }
  return out;
}

bool may_be_for_its_form(const imap::Response& answer) {
  if (answer.keyword != "NO") return answer.keyword == "BAD";
  const auto* code = imap::find_code(answer.code);
  return answer.code.empty() || (code && code->of_form);
}

}  // namespace mailspec::scenario
