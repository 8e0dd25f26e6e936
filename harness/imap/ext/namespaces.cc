// NAMESPACE (RFC 2342).
#include <map>

#include "harness/imap/grammar_parts.h"
#include "harness/imap/vocabulary.h"
#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::imap::ext {

namespace {

using grammar::Cursor;

// namespace-response = "NAMESPACE" SP namespace SP namespace SP namespace
bool namespace_data(Cursor& c) {
  for (int i = 0; i < 3; ++i) {
    if (!c.sp()) return c.fail("namespace");
    if (c.peek() != '(') {
      if (!grammar::nil(c)) return c.fail("namespace");
      continue;
    }
    // namespace = nil / "(" 1*namespace-descr ")"
    c.skip(1);
    do {
      if (!c.lit('(') || !grammar::string(c) || !c.sp()) return c.fail("namespace-descr");
      if (c.peek() == '"' ? !grammar::quoted(c) : !grammar::nil(c)) return c.fail("namespace-descr");
      while (c.peek() == ' ') {
        c.skip(1);
        if (!grammar::string(c) || !c.sp() || !grammar::extension_value(c)) return c.fail("namespace-response-extension");
      }
      if (!c.lit(')')) return false;
    } while (c.peek() == '(');
    if (!c.lit(')')) return false;
  }
  return true;
}

constexpr const char* kDelimiter = "rfc9051/6.3.10/namespace";

// RFC 2342 5: a namespace's names have its delimiter. Of a name in which it does not stand nothing is known.
class Delimiters : public oracle::ImapCheck {
 public:
  std::vector<std::string> requirements() const override { return {kDelimiter}; }

  void look(const oracle::Look& l) override {
    if (l.event.kind == oracle::Event::Kind::prepared) x_spaces.clear();
    if (l.event.kind != oracle::Event::Kind::received) return;
    const auto& r = l.response();
    if (r.keyword == "NAMESPACE") x_spaces[l.session.user] = spaces_of(r);
    const auto* word = r.kind == Response::Kind::untagged ? find_untagged(r.keyword) : nullptr;
    if (const auto name = oracle::name_listed(r); word && word->shape == Shape::name && !name.empty()) listed(l, name);
  }

 private:
  struct Space {
    std::string prefix, delimiter;  // "" for NIL
  };

  static std::vector<Space> spaces_of(const Response& r) {
    std::vector<Space> out;
    for (const auto& space : r.values) {
      for (const auto& one : space.items) {
        if (one.is_list() && one.items.size() > 1) out.push_back({one.items[0].text, one.items[1].is_nil() ? "" : one.items[1].text});
      }
    }
    return out;
  }

  void listed(const oracle::Look& l, const std::string& name) const {
    const auto known = x_spaces.find(l.session.user);
    if (known == x_spaces.end()) return;
    const Space* longest = nullptr;
    for (const auto& space : known->second) {
      if (name.starts_with(space.prefix) && (!longest || space.prefix.size() > longest->prefix.size())) longest = &space;
    }
    if (!longest || longest->delimiter.empty() || name.find(longest->delimiter, longest->prefix.size()) == std::string::npos) return;
    const auto& d = l.response().values[1];
    l.demand(kDelimiter, !d.is_nil() && d.text == longest->delimiter,
             [&] { return "NAMESPACE tells the delimiter \"" + longest->delimiter + "\" for this name, and LIST another: " + oracle::shown(l.response()); });
  }

  std::map<std::string, std::vector<Space>> x_spaces;  // by user
};

}  // namespace

Extension namespaces() {
  return {.name = "NAMESPACE",
          .document = "rfc2342",
          .capabilities = {{.name = "NAMESPACE", .in_rev2 = true}},
          .commands = {{.name = "NAMESPACE", .reads_only = true, .outside = true}},
          .untagged = {{"NAMESPACE", "rfc9051/7.3.2/namespace-grammar", namespace_data, Shape::sequence, Gift::always}},
          .rules = {oracle::make_check<Delimiters>}};
}

}  // namespace mailspec::imap::ext
