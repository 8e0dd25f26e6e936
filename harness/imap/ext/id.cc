// ID (RFC 2971).
#include <set>

#include "harness/imap/grammar_parts.h"
#include "harness/imap/vocabulary.h"
#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::imap::ext {

namespace {

// id-response = "ID" SP ("(" [string SP nstring *(SP string SP nstring)] ")" / nil)   (RFC 2971 4)
bool id_data(grammar::Cursor& c) {
  if (!c.sp()) return false;
  if (c.peek() != '(') return grammar::nil(c);
  c.skip(1);
  if (c.peek() == ')') return c.skip(1), true;
  do {
    if (!grammar::string(c) || !c.sp() || !grammar::nstring(c)) return c.fail("id-params-list");
  } while (c.peek() == ' ' && c.sp());
  return c.lit(')');
}

constexpr const char* kLimits = "rfc2971/3.3/limits";

// RFC 2971 3.3: at most 30 pairs, fields of 30 octets, values of 1024, and no field twice.
class Limits : public oracle::ImapCheck {
 public:
  std::vector<std::string> requirements() const override { return {kLimits}; }

  void look(const oracle::Look& l) override {
    if (l.event.kind != oracle::Event::Kind::received) return;
    const auto& r = l.response();
    if (r.keyword != "ID" || r.kind != Response::Kind::untagged) return;
    l.test(kLimits);
    if (r.values.empty() || !r.values[0].is_list()) return;
    const auto& items = r.values[0].items;
    if (items.size() > 60) l.find(kLimits, "ID has " + std::to_string(items.size() / 2) + " pairs, at most 30 are allowed");
    std::set<std::string> fields;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      if (items[i].octets() > 30) l.find(kLimits, "a field of ID has more than 30 octets: " + visible(items[i].text, 60));
      if (items[i + 1].octets() > 1024) l.find(kLimits, "the value of " + visible(items[i].text, 40) + " in ID has more than 1024 octets");
      if (!fields.insert(upper(items[i].text)).second) l.find(kLimits, "ID has the field " + visible(items[i].text, 40) + " twice");
    }
  }
};

}  // namespace

Extension id() {
  return {.name = "ID",
          .document = "rfc2971",
          .capabilities = {{"ID"}},
          .commands = {{.name = "ID", .reads_only = true, .outside = true}},
          .untagged = {{"ID", "rfc2971/3.2/id-grammar", id_data, Shape::sequence, Gift::values}},
          .rules = {oracle::make_check<Limits>}};
}

}  // namespace mailspec::imap::ext
