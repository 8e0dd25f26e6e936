// LIST-STATUS (RFC 5819).
#include <map>
#include <set>

#include "harness/imap/vocabulary.h"
#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::imap::ext {

namespace {

constexpr const char* kNoSelect = "rfc9051/6.3.9.2/status-noselect";

// No STATUS comes for a name that cannot be selected.
class Selectable : public oracle::ImapCheck {
 public:
  std::vector<std::string> requirements() const override { return {kNoSelect}; }

  void look(const oracle::Look& l) override {
    auto& not_selectable = x_not_selectable[l.event.connection];
    if (l.event.kind == oracle::Event::Kind::connect) not_selectable.clear();
    if (l.event.kind == oracle::Event::Kind::sent && l.event.imap_command.name == "LIST") not_selectable.clear();
    if (l.event.kind != oracle::Event::Kind::received || l.response().kind != Response::Kind::untagged) return;
    const auto* only = l.session.only();
    if (!only || only->name != "LIST") return;
    const auto& r = l.response();
    const auto attributes = oracle::attributes_listed(r);
    if (oracle::is_list_response(r) && (attributes.contains("\\NOSELECT") || attributes.contains("\\NONEXISTENT"))) {
      not_selectable.insert(oracle::name_listed(r));
      if (upper(only->args).find("STATUS") != std::string::npos) l.test(kNoSelect);
    }
    if (r.keyword == "STATUS" && r.values.size() > 1)
      l.demand(kNoSelect, !not_selectable.contains(r.values[0].text),
               [&] { return "STATUS of a name that LIST said cannot be selected: " + oracle::shown(r); });
  }

 private:
  std::map<int, std::set<std::string>> x_not_selectable;  // by the LIST under way, by connection
};

}  // namespace

Extension list_status() {
  return {.name = "LIST-STATUS", .document = "rfc5819", .capabilities = {{.name = "LIST-STATUS", .in_rev2 = true}}, .rules = {oracle::make_check<Selectable>}};
}

}  // namespace mailspec::imap::ext
