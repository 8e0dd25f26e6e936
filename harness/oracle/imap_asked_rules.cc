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
constexpr const char* kModSeq = "rfc9051/6.3.1/modseq-asked";
constexpr const char* kOther = "rfc9051/7/untagged-grammar";

// Untagged responses of extensions, and the words of commands, one of which asks for them.
const std::map<std::string_view, std::vector<std::string_view>>& added() {
  static const std::map<std::string_view, std::vector<std::string_view>> kAll{
      {"VANISHED", {"QRESYNC", "UIDONLY"}},
      {"UIDFETCH", {"UIDONLY"}},
      {"SORT", {"SORT"}},
      {"THREAD", {"THREAD"}},
      {"QUOTA", {"QUOTA"}},
      {"QUOTAROOT", {"QUOTA"}},
      {"ACL", {"ACL"}},
      {"LISTRIGHTS", {"LISTRIGHTS"}},
      {"MYRIGHTS", {"MYRIGHTS"}},
      {"METADATA", {"METADATA", "NOTIFY"}},
      {"ANNOTATION", {"ANNOTATION"}},
      {"ANNOTATEMORE", {"ANNOTATION"}},
      {"LANGUAGE", {"LANGUAGE"}},
      {"COMPARATOR", {"COMPARATOR", "LANGUAGE"}},
      {"CONVERTED", {"CONVERT"}},
      {"CONVERSION", {"CONVERSIONS"}},
      {"URLFETCH", {"URLFETCH"}},
      {"GENURLAUTH", {"GENURLAUTH"}},
      {"JMAPACCESS", {"JMAP"}},
  };
  return kAll;
}

class Asked : public ImapCheck {
 public:
  std::vector<std::string> requirements() const override { return {kAdded, kModSeq}; }

  void look(const Look& l) override {
    auto& said = x_said[l.event.connection];
    if (l.event.kind == Event::Kind::connect) said.clear();
    if (l.event.kind == Event::Kind::sent && said.size() < kMostSaid)
      said += upper(l.event.imap_command.name + " " + l.event.imap_command.args.substr(0, 1000)) + "\n";
    if (l.event.kind != Event::Kind::received || l.response().kind != Response::Kind::untagged || !l.response().frame.breach.empty()) return;
    const auto& r = l.response();
    const auto asked = [&](std::string_view word) { return said.find(word) != std::string::npos; };
    // RFC 7162 3.1: any of its commands makes a client one that knows of mod-sequences.
    if (r.keyword == "FETCH") {
      const bool knows = asked("CONDSTORE") || asked("QRESYNC") || asked("MODSEQ") || asked("CHANGEDSINCE");
      l.demand(kModSeq, knows || !imap::fetch_item(r, "MODSEQ"), [&] { return "MODSEQ came, which no command has asked for: " + shown(r); });
    }
    l.test(kAdded);
    if (r.is_status() || r.keyword.empty() || imap::find_untagged(r.keyword)) return;
    const auto it = added().find(r.keyword);
    if (it != added().end())
      l.demand(kAdded, std::ranges::any_of(it->second, asked), [&] { return r.keyword + " came, which no command has asked for: " + shown(r); });
    else if (!r.number && !asked(r.keyword)) l.find(kOther, "no response is called " + visible(r.keyword, 40) + ": " + shown(r));
  }

 private:
  static constexpr std::size_t kMostSaid = 1024 * 1024;
  std::map<int, std::string> x_said;  // commands of a connection
};

}  // namespace

std::unique_ptr<ImapCheck> imap_asked_check() { return std::make_unique<Asked>(); }

}  // namespace mailspec::oracle
