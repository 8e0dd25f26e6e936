#include "fuzz/imap_write.h"

#include <algorithm>

#include "harness/base/text.h"
#include "reference_server/imap/date_time.h"

namespace mailspec::fuzz {

namespace {

using namespace reference::imap;

std::string quoted(const std::string& text) { return "\"" + replace_all(replace_all(text, "\\", "\\\\"), "\"", "\\\"") + "\""; }
std::string literal(const std::string& text) { return "{" + std::to_string(text.size()) + "}\r\n" + text; }
// As either revision takes it.
std::string string(const std::string& text) {
  const bool plain = std::ranges::none_of(text, [](char c) { return (c & 0x80) || c == '\r' || c == '\n' || c == '\0'; });
  return plain ? quoted(text) : literal(text);
}

template <class Items, class Write>
std::string list(const Items& items, Write write) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : " ") + write(item);
  return "(" + out + ")";
}

const auto kAsIs = [](const std::string& word) { return word; };

std::string set(const Set& set) {
  if (set.saved) return "$";
  const auto one = [](std::uint64_t n) { return n == kStar ? "*" : std::to_string(n); };
  std::string out;
  for (const auto& [a, b] : set.ranges) out += (out.empty() ? "" : ",") + one(a) + (a == b ? "" : ":" + one(b));
  return out;
}

std::string fetch_att(const FetchAtt& a) {
  if (!a.name.ends_with("[]")) return a.name;
  auto out = a.name.substr(0, a.name.size() - 2);
  if (a.peek && out != "BINARY.SIZE") out += ".PEEK";
  out += a.section.written;
  if (a.partial) out += "<" + std::to_string(a.partial->first) + "." + std::to_string(a.partial->second) + ">";
  return out;
}

std::string date(std::int64_t days) { return std::string(trim(write_date_time(days * 86400, 0).substr(0, 11))); }

std::string search_key(const SearchKey& k) {
  const auto& n = k.name;
  if (n == "(") return list(k.keys, search_key);
  if (n == "#") return set(k.set);
  if (n == "UID") return "UID " + set(k.set);
  if (n == "NOT") return "NOT " + search_key(k.keys[0]);
  if (n == "OR") return "OR " + search_key(k.keys[0]) + " " + search_key(k.keys[1]);
  if (n == "KEYWORD" || n == "UNKEYWORD") return n + " " + k.text;
  if (n == "LARGER" || n == "SMALLER") return n + " " + std::to_string(k.number);
  if (n == "HEADER") return n + " " + string(k.field) + " " + string(k.text);
  for (const auto* text : {"BCC", "BODY", "CC", "FROM", "SUBJECT", "TEXT", "TO"}) {
    if (n == text) return n + " " + string(k.text);
  }
  for (const auto* day : {"BEFORE", "ON", "SINCE", "SENTBEFORE", "SENTON", "SENTSINCE"}) {
    if (n == day) return n + " " + date(k.day);
  }
  return n;
}

std::string append_item(const AppendItem& item) {
  std::string out;
  if (!item.flags.empty()) out += " " + list(item.flags, kAsIs);
  if (item.date) out += " \"" + write_date_time(item.date->first, item.date->second) + "\"";
  return out + (item.binary ? " ~{" : " {") + std::to_string(item.octets.size()) + "}\r\n" + item.octets;
}

std::string list_arguments(const Command& c) {
  std::string out;
  if (c.extended) out += " " + list(c.selection, kAsIs);
  out += " " + string(c.mailbox) + " " + (c.extended ? list(c.patterns, [](const std::string& p) { return string(p); }) : string(c.patterns[0]));
  if (c.has_returns)
    out += " RETURN " + list(c.returns, [&](const std::string& option) { return option == "STATUS" ? "STATUS " + list(c.items, kAsIs) : option; });
  return out;
}

std::string search_arguments(const Command& c) {
  std::string out;
  if (c.has_returns) out += " RETURN " + list(c.returns, kAsIs);
  if (!c.charset.empty()) out += " CHARSET " + string(c.charset);
  for (const auto& key : c.search.keys) out += " " + search_key(key);
  return out;
}

}  // namespace

std::string write_command(const Command& c) {
  const auto& n = c.name;
  const auto out = c.tag + (c.uid ? " UID " : " ") + n;
  if (n == "EXPUNGE") return c.uid ? out + " " + set(c.set) : out;
  if (n == "LOGIN") return out + " " + (c.quoted_login ? quoted(c.user) : literal(c.user)) + " " + string(c.password);
  if (n == "AUTHENTICATE") return out + " " + c.mechanism + (c.initial ? " " + *c.initial : "");
  if (n == "SELECT" || n == "EXAMINE" || n == "DELETE" || n == "SUBSCRIBE" || n == "UNSUBSCRIBE") return out + " " + string(c.mailbox);
  if (n == "CREATE") return out + " " + string(c.mailbox) + (c.use.empty() ? "" : " (USE (" + c.use + "))");
  if (n == "RENAME") return out + " " + string(c.mailbox) + " " + string(c.target);
  if (n == "STATUS") return out + " " + string(c.mailbox) + " " + list(c.items, kAsIs);
  if (n == "LIST") return out + list_arguments(c);
  if (n == "LSUB") return out + " " + string(c.mailbox) + " " + string(c.patterns[0]);
  if (n == "ID") return out + (c.items.empty() ? " NIL" : " ()");  // of its fields nothing is kept
  if (n == "FETCH") return out + " " + set(c.set) + " " + list(c.fetch, fetch_att);
  if (n == "STORE")
    return out + " " + set(c.set) + " " + (c.store ? std::string(1, c.store) : "") + (c.silent ? "FLAGS.SILENT " : "FLAGS ") + list(c.flags, kAsIs);
  if (n == "COPY" || n == "MOVE") return out + " " + set(c.set) + " " + string(c.mailbox);
  if (n == "SEARCH") return out + search_arguments(c);
  std::string arguments;
  if (n == "APPEND") {
    arguments = " " + string(c.mailbox);
    for (const auto& item : c.append) arguments += append_item(item);
  } else if (n == "ENABLE") {
    for (const auto& item : c.items) arguments += " " + item;
  }
  return out + arguments;
}

}  // namespace mailspec::fuzz
