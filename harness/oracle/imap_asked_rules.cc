// What extensions add to responses comes only once the client has asked for it (RFC 9051 6.5, RFC 3501 7.2.1).
#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "harness/imap/vocabulary.h"
#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::oracle {

namespace {

using imap::Response;

constexpr const char* kAdded = "rfc9051/6.5/added-responses-asked";
constexpr const char* kOther = "rfc9051/7/untagged-grammar";

class Asked : public ImapCheck {
 public:
  Asked() {
    for (const auto& extension : imap::vocabulary()) {
      for (const auto& item : extension.fetch_items) {
        if (item.requirement) x_items.push_back(&item);
      }
    }
  }

  std::vector<std::string> requirements() const override {
    std::vector<std::string> out{kAdded};
    for (const auto* item : x_items) out.emplace_back(item->requirement);
    return out;
  }

  void look(const Look& l) override {
    auto& said = x_said[l.event.connection];
    if (l.event.kind == Event::Kind::connect) said.clear();
    if (l.event.kind == Event::Kind::sent && said.size() < kMostSaid)
      said += upper(l.event.imap_command.name + " " + l.event.imap_command.args.substr(0, 1000)) + "\n";
    if (l.event.kind != Event::Kind::received || l.response().kind != Response::Kind::untagged || !l.response().frame.breach.empty()) return;
    const auto& r = l.response();
    const auto asked = [&](std::string_view word) { return said.find(word) != std::string::npos; };
    for (const auto* item : x_items) {
      if (r.keyword != "FETCH") break;
      l.demand(item->requirement, std::ranges::any_of(item->asked_by, asked) || !imap::fetch_item(r, item->name),
               [&] { return std::string(item->name) + " came, which no command has asked for: " + shown(r); });
    }
    l.test(kAdded);
    const auto* word = imap::find_untagged(r.keyword);
    if (r.is_status() || r.keyword.empty()) return;
    if (word && !word->asked_by.empty())
      l.demand(kAdded, std::ranges::any_of(word->asked_by, asked), [&] { return r.keyword + " came, which no command has asked for: " + shown(r); });
    else if (!word && !r.number && !asked(r.keyword)) l.find(kOther, "no response is called " + visible(r.keyword, 40) + ": " + shown(r));
  }

 private:
  static constexpr std::size_t kMostSaid = 1024 * 1024;
  std::vector<const imap::FetchWord*> x_items;  // that may not come unasked
  std::map<int, std::string> x_said;            // commands of a connection
};

}  // namespace

std::unique_ptr<ImapCheck> imap_asked_check() { return std::make_unique<Asked>(); }

}  // namespace mailspec::oracle
