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

// The arguments of each kind, with a blank before each. `c` is the command that they belong to.

std::string arguments(const NoArguments&, const Head&) { return {}; }
std::string arguments(const LoginArguments& a, const Head&) { return " " + (a.quoted ? quoted(a.user) : literal(a.user)) + " " + string(a.password); }
std::string arguments(const AuthenticateArguments& a, const Head&) { return " " + a.mechanism + (a.initial ? " " + *a.initial : ""); }
std::string arguments(const MailboxArguments& a, const Head&) { return " " + string(a.mailbox); }
std::string arguments(const CreateArguments& a, const Head&) { return " " + string(a.mailbox) + (a.use.empty() ? "" : " (USE (" + a.use + "))"); }
std::string arguments(const RenameArguments& a, const Head&) { return " " + string(a.mailbox) + " " + string(a.target); }
std::string arguments(const StatusArguments& a, const Head&) { return " " + string(a.mailbox) + " " + list(a.items, kAsIs); }
std::string arguments(const LsubArguments& a, const Head&) { return " " + string(a.mailbox) + " " + string(a.pattern); }
std::string arguments(const SetArguments& a, const Head&) { return " " + set(a.set); }
std::string arguments(const FetchArguments& a, const Head&) { return " " + set(a.set) + " " + list(a.items, fetch_att); }
std::string arguments(const CopyArguments& a, const Head&) { return " " + set(a.set) + " " + string(a.mailbox); }

std::string arguments(const StoreArguments& a, const Head&) {
  return " " + set(a.set) + " " + (a.sign ? std::string(1, a.sign) : "") + (a.silent ? "FLAGS.SILENT " : "FLAGS ") + list(a.flags, kAsIs);
}

std::string arguments(const ListArguments& a, const Head&) {
  std::string out;
  if (a.extended) out += " " + list(a.selection, kAsIs);
  out += " " + string(a.mailbox) + " " + (a.extended ? list(a.patterns, string) : string(a.patterns[0]));
  if (a.has_returns)
    out += " RETURN " + list(a.returns, [&](const std::string& option) { return option == "STATUS" ? "STATUS " + list(a.status_items, kAsIs) : option; });
  return out;
}

std::string arguments(const AppendArguments& a, const Head&) {
  auto out = " " + string(a.mailbox);
  for (const auto& item : a.items) out += append_item(item);
  return out;
}

std::string arguments(const SearchArguments& a, const Head&) {
  std::string out;
  if (a.has_returns) out += " RETURN " + list(a.returns, kAsIs);
  if (!a.charset.empty()) out += " CHARSET " + string(a.charset);
  for (const auto& key : a.key.keys) out += " " + search_key(key);
  return out;
}

std::string arguments(const Words& a, const Head& c) {
  if (c.name == "ID") return a.words.empty() ? " NIL" : " ()";  // of its fields nothing is kept
  std::string out;
  for (const auto& word : a.words) out += " " + word;
  return out;
}

}  // namespace

std::string write_command(const Command& c) {
  return c.tag + (c.uid ? " UID " : " ") + c.name + std::visit([&](const auto& a) { return arguments(a, c); }, c.arguments);
}

}  // namespace mailspec::fuzz
