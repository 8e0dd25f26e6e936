// BINARY (RFC 3516). What it can do for FETCH is in RFC 9051, what it can do for APPEND is not.
#include <map>
#include <set>

#include "harness/imap/grammar_parts.h"
#include "harness/imap/vocabulary.h"
#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::imap::ext {

namespace {

using grammar::Cursor;

// section-binary = "[" [section-part] "]"
bool section_binary(Cursor& c) {
  if (!c.lit('[')) return false;
  if (c.peek() != ']' && !grammar::section_part(c)) return false;
  return c.lit(']');
}

bool nstring_or_literal8(Cursor& c) { return grammar::nstring(c) || grammar::literal8(c); }

constexpr const char* kSize = "rfc9051/7.5.2/binary-size";
constexpr const char* kString = "rfc9051/7.5.2/binary-string";
constexpr const char* kAppend = "rfc3516/4.4/append-binary";

// RFC 2045 2.8: octets above 127, lines of at most 998 octets that end in CRLF, and no NUL.
bool is_8bit_domain(std::string_view octets) {
  if (std::ranges::none_of(octets, [](char c) { return (c & 0x80) != 0; })) return false;
  std::size_t line = 0;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const char c = octets[i];
    if (c == '\r' && i + 1 < octets.size() && octets[i + 1] == '\n') {
      line = 0;
      ++i;
      continue;
    }
    if (c == '\0' || c == '\r' || c == '\n' || ++line > 998) return false;
  }
  return true;
}

// What FETCH says of one part's decoded octets agrees with itself.
class Fetched : public oracle::ImapCheck {
 public:
  std::vector<std::string> requirements() const override { return {kSize, kString}; }

  void look(const oracle::Look& l) override {
    if (l.event.kind == oracle::Event::Kind::prepared) x_messages.clear();
    const auto key = oracle::key_of_message(l);
    if (!key) return;
    auto& m = x_messages[*key];
    for (const auto& i : fetch_items(l.response())) {
      if (i.origin || (l.crowded() && oracle::looks_expunged(*i.value)) || oracle::lacks_origin(l, i.name)) continue;
      if (i.name.starts_with("BINARY[")) content(l, m, i);
      if (i.name.starts_with("BINARY.SIZE[")) m.sizes[i.name.substr(11)] = i.value->number().value_or(0);
    }
    for (const auto& [part, size] : m.sizes) {
      const auto it = m.lengths.find(part);
      if (it == m.lengths.end()) continue;
      l.test(kSize);
      if (it->second != size && m.reported.insert(part).second)
        l.find(kSize, "BINARY.SIZE" + part + " is " + std::to_string(size) + ", BINARY" + part + " has " + std::to_string(it->second) + " octets");
    }
  }

 private:
  struct Message {
    std::map<std::string, std::uint64_t> sizes, lengths;  // by section, "[1]"
    std::set<std::string> reported;
  };

  static void content(const oracle::Look& l, Message& m, const FetchItem& i) {
    const auto& v = *i.value;
    if (!v.is_string()) return;
    m.lengths[i.name.substr(6)] = v.octets();
    if (v.whole() && is_8bit_domain(v.text)) l.demand(kString, !v.binary, [&] { return i.name + " has no NUL and came as a literal8"; });
  }

  std::map<std::string, Message> x_messages;
};

// RFC 3516 4.4. A refusal may have other reasons, too: only one without a code, where other messages were taken, is meant.
class Appended : public oracle::ImapCheck {
 public:
  std::vector<std::string> requirements() const override { return {kAppend}; }

  void look(const oracle::Look& l) override {
    auto& works = x_works[l.event.connection];
    if (l.event.kind == oracle::Event::Kind::connect) works.clear();
    if (l.event.kind != oracle::Event::Kind::received || l.response().kind != Response::Kind::tagged) return;
    const auto* running = l.session.find(l.response().tag);
    if (!running || running->name != "APPEND") return;
    const auto args = arguments(running->args);
    if (args.empty()) return;
    const bool binary = running->args.find("~{") != std::string::npos;
    if (l.response().keyword == "OK" && !binary) works.insert(args[0]);
    if (l.response().keyword == "NO" && binary && works.contains(args[0]) && l.trace.offers("BINARY"))
      l.demand(kAppend, !l.response().code.empty(), "APPEND of a literal8 was refused without [UNKNOWN-CTE], though other messages are taken");
  }

 private:
  std::map<int, std::set<std::string>> x_works;  // mailboxes in which APPEND works, by connection
};

}  // namespace

Extension binary() {
  return {.name = "BINARY",
          .document = "rfc3516",
          .capabilities = {{"BINARY"}, {.name = "BINARY-FETCH", .in_rev2 = true, .implied_by = "BINARY"}},
          .fetch_items = {{.name = "BINARY[", .value = nstring_or_literal8, .section = section_binary, .origin = true, .is_static = true, .sets_seen = true},
                          {.name = "BINARY.SIZE[", .value = grammar::number, .section = section_binary, .is_static = true}},
          .rules = {oracle::make_check<Fetched>, oracle::make_check<Appended>}};
}

}  // namespace mailspec::imap::ext
