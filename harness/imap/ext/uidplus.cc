// UIDPLUS (RFC 4315).
#include <algorithm>

#include "harness/imap/command.h"
#include "harness/imap/grammar_parts.h"
#include "harness/imap/vocabulary.h"
#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::imap::ext {

namespace {

using grammar::Cursor;

// resp-code-apnd = "APPENDUID" SP nz-number SP append-uid
bool append_uid(Cursor& c) { return c.sp() && grammar::nz_number(c) && c.sp() && grammar::uid_set(c); }
// resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set
bool copy_uid(Cursor& c) { return c.sp() && grammar::nz_number(c) && c.sp() && grammar::uid_set(c) && c.sp() && grammar::uid_set(c); }

constexpr const char* kAppendUid = "rfc9051/7.1/appenduid-with-append";
constexpr const char* kCopyUid = "rfc9051/7.1/copyuid-with-copy";
constexpr const char* kCopyUidSets = "rfc9051/7.1/copyuid-same-count";
constexpr const char* kNoSingleRange = "rfc9051/7.1/appenduid-no-set-for-one";
constexpr const char* kSticky = "rfc9051/7.1/no-uidnotsticky";

// Where the response codes stand, and what they say.
class Codes : public oracle::ImapCheck {
 public:
  std::vector<std::string> requirements() const override { return {kAppendUid, kCopyUid, kCopyUidSets, kNoSingleRange, kSticky}; }

  void look(const oracle::Look& l) override {
    if (l.event.kind != oracle::Event::Kind::received) return;
    const auto& r = l.response();
    const auto* running = r.kind == Response::Kind::tagged ? l.session.find(r.tag) : nullptr;
    if (r.code == "APPENDUID") appended(l, running);
    if (r.code == "COPYUID") copied(l, running);
    if (r.code == "UIDVALIDITY") l.test(kSticky);
    if (r.code == "UIDNOTSTICKY") l.find(kSticky, "the mailbox's UIDs do not last: " + oracle::shown(r));
  }

 private:
  static void appended(const oracle::Look& l, const oracle::ImapSession::Running* running) {
    const auto& r = l.response();
    l.demand(kAppendUid, !running || (r.keyword == "OK" && facts_of(running->name).appends),
             [&] { return "[APPENDUID] stands in the answer to " + running->name + ": " + oracle::shown(r); });
    if (r.code_values.size() < 2) return;
    const auto& set = r.code_values[1].text;
    const auto colon = set.find(':');
    l.demand(kNoSingleRange, colon == std::string::npos || set.find(',') != std::string::npos || set.substr(0, colon) != set.substr(colon + 1),
             [&] { return "a range of one UID: " + oracle::shown(r); });
  }

  static void copied(const oracle::Look& l, const oracle::ImapSession::Running* running) {
    const auto& r = l.response();
    const bool copies =
        running ? facts_of(running->name).copies : std::ranges::any_of(l.session.running, [](const auto& c) { return facts_of(c.name).copies; });
    l.demand(kCopyUid, r.keyword == "OK" && copies, [&] { return "[COPYUID] stands where nothing was copied: " + oracle::shown(r); });
    NumberSet from, to;
    if (r.code_values.size() >= 3 && parse_set(r.code_values[1].text, 0, from) && parse_set(r.code_values[2].text, 0, to))
      l.demand(kCopyUidSets, size_of(from) == size_of(to), [&] { return "the UID sets of [COPYUID] are not of one size: " + oracle::shown(r); });
  }
};

}  // namespace

Extension uidplus() {
  return {.name = "UIDPLUS",
          .document = "rfc4315",
          .capabilities = {{.name = "UIDPLUS", .in_rev2 = true}},
          .codes = {{"APPENDUID", append_uid}, {"COPYUID", copy_uid}, {"UIDNOTSTICKY"}},
          .rules = {oracle::make_check<Codes>}};
}

}  // namespace mailspec::imap::ext
