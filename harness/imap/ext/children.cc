// CHILDREN (RFC 3348).
#include "harness/imap/vocabulary.h"
#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::imap::ext {

namespace {

constexpr const char* kOneOf = "rfc9051/7.3.1/children-or-none";
constexpr const char* kNoInferiors = "rfc3348/3/noinferiors-alone";

// Which attributes stand beside one another.
class Attributes : public oracle::ImapCheck {
 public:
  std::vector<std::string> requirements() const override { return {kOneOf, kNoInferiors}; }

  void look(const oracle::Look& l) override {
    if (l.event.kind != oracle::Event::Kind::received || !oracle::is_list_response(l.response())) return;
    const auto& r = l.response();
    const auto attributes = oracle::attributes_listed(r);
    const bool without = attributes.contains("\\HASNOCHILDREN");
    l.demand(kOneOf, !attributes.contains("\\HASCHILDREN") || !without, [&] { return "\\HasChildren and \\HasNoChildren stand in " + oracle::shown(r); });
    if (!l.session.rev2)
      l.demand(kNoInferiors, !attributes.contains("\\NOINFERIORS") || !without, [&] { return "\\HasNoChildren says nothing more in " + oracle::shown(r); });
  }
};

}  // namespace

Extension children() {
  return {.name = "CHILDREN", .document = "rfc3348", .capabilities = {{.name = "CHILDREN", .in_rev2 = true}}, .rules = {oracle::make_check<Attributes>}};
}

}  // namespace mailspec::imap::ext
