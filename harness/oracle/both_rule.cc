#include "harness/oracle/both_rule.h"

#include <algorithm>
#include <map>
#include <optional>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/mime/header.h"
#include "harness/oracle/imap_view.h"

namespace mailspec::oracle {

namespace {

constexpr const char* kOctets = "rfc1939/5/octets-as-imap";
constexpr const char* kSize = "rfc1939/11/size-as-imap";
constexpr const char* kHeader = "rfc1939/7/top-as-imap-header";

// Every message of the suite bears a field of its own, by which it is known under both protocols.
std::string mark_of(std::string_view message) { return mime::only_field(mime::header_fields(message), "X-Mailspec").value_or(""); }

class Both : public Rule {
 public:
  std::vector<std::string> requirements() const override { return {kOctets, kSize, kHeader}; }

  void step(const Trace& trace, std::size_t index, Sink& sink) override {
    if (!trace.both || trace.hostile || trace.utf8_messages) return;
    const auto& e = trace.events[index];
    if (e.kind == Event::Kind::prepared) x_messages.clear(), x_pop3.clear(), x_imap.clear();
    if (e.kind == Event::Kind::connect) x_pop3.erase(e.connection), x_imap.erase(e.connection);
    if (e.kind == Event::Kind::received && !e.imap) pop3(e);
    if (e.kind == Event::Kind::received && e.imap && e.imap_response.keyword == "FETCH") imap(e);
    if (e.imap || e.connection == 0) x_views.update(trace, index);
    if (e.kind == Event::Kind::received) compare(index, sink);
  }

 private:
  // What one protocol has said of a message.
  struct Side {
    std::optional<std::string> octets, header;
    std::optional<std::uint64_t> size;
  };
  struct Message {
    Side pop3, imap;
    bool told[3] = {false, false, false};
  };
  struct Session {
    std::map<std::uint64_t, std::string> marks;  // by message-number, or UID
    std::map<std::uint64_t, std::uint64_t> sizes;
  };

  void learn(Session& s, std::uint64_t key, const std::string& mark, bool by_imap, const std::optional<std::string>& octets,
             const std::optional<std::string>& header) {
    if (mark.empty()) return;
    s.marks[key] = mark;
    auto& m = x_messages[mark];
    auto& side = by_imap ? m.imap : m.pop3;
    if (octets) side.octets = octets;
    if (header) side.header = header;
    if (const auto it = s.sizes.find(key); it != s.sizes.end()) side.size = it->second;
  }

  void size(Session& s, std::uint64_t key, std::uint64_t octets, bool by_imap) {
    s.sizes[key] = octets;
    const auto it = s.marks.find(key);
    if (it != s.marks.end()) (by_imap ? x_messages[it->second].imap : x_messages[it->second].pop3).size = octets;
  }

  void pop3(const Event& e) {
    if (!e.pop3_response.ok()) return;
    auto& s = x_pop3[e.connection];
    const auto& k = e.pop3_command.keyword;
    const auto n = e.pop3_command.args.empty() ? 0 : parse_number(e.pop3_command.args[0]).value_or(0);
    const auto& content = e.pop3_response.content;
    if (k == "LIST" && e.pop3_response.multi_line) {
      for (const auto& line : content.split_lines()) listing(s, line);
    } else if (k == "LIST") {
      listing(s, e.pop3_response.text);
    } else if (k == "RETR" && content.whole) {
      learn(s, n, mark_of(content.head), false, content.head, std::nullopt);
    } else if (k == "TOP" && content.whole && e.pop3_command.args.size() > 1 && e.pop3_command.args[1] == "0") {
      learn(s, n, mark_of(content.head), false, std::nullopt, content.head);
    }
  }

  void listing(Session& s, const std::string& line) {
    const auto one = pop3::parse_listing(line);
    const auto octets = one ? parse_number(one->value) : std::nullopt;
    if (octets) size(s, one->number, *octets, false);
  }

  void imap(const Event& e) {
    const auto& r = e.imap_response;
    const auto* d = x_views.of(e.connection).data();
    if (!d || !r.number) return;
    const auto* item = imap::fetch_item(r, "UID");
    const auto n = *r.number;
    const auto uid = item ? item->number().value_or(0) : n >= 1 && n <= d->uids.size() ? d->uids[n - 1] : 0;
    if (!uid) return;
    auto& s = x_imap[e.connection];
    for (const auto& i : imap::fetch_items(r)) {
      const bool text = i.value->is_string() && i.value->whole() && !i.origin;
      if (i.name == "RFC822.SIZE" && i.value->number()) size(s, uid, *i.value->number(), true);
      if (text && i.name == "BODY[]") learn(s, uid, mark_of(i.value->text), true, i.value->text, std::nullopt);
      if (text && i.name == "BODY[HEADER]") learn(s, uid, mark_of(i.value->text), true, std::nullopt, i.value->text);
    }
  }

  void compare(std::size_t index, Sink& sink) {
    for (auto& [mark, m] : x_messages) {
      const auto judge = [&](int which, const char* id, bool known, bool same, const std::string& what) {
        if (!known || m.told[which]) return;
        m.told[which] = true;
        sink.exercised(id);
        if (!same) sink.found({id, what + " (X-Mailspec: " + visible(mark, 60) + ")", index, 0, false, {}});
      };
      const auto length = [](const std::optional<std::string>& text) { return std::to_string(text ? text->size() : 0); };
      judge(0, kOctets, m.pop3.octets && m.imap.octets, m.pop3.octets == m.imap.octets,
            "RETR sends " + length(m.pop3.octets) + " octets, BODY[] has " + length(m.imap.octets) + ", and they are not the same" +
                difference(m.pop3.octets, m.imap.octets));
      judge(1, kSize, m.pop3.size && m.imap.size, m.pop3.size == m.imap.size,
            "LIST says " + std::to_string(m.pop3.size.value_or(0)) + " octets, RFC822.SIZE " + std::to_string(m.imap.size.value_or(0)));
      judge(2, kHeader, m.pop3.header && m.imap.header, m.pop3.header == m.imap.header,
            "TOP 0 and BODY[HEADER] are not the same" + difference(m.pop3.header, m.imap.header));
    }
  }

  static std::string difference(const std::optional<std::string>& a, const std::optional<std::string>& b) {
    if (!a || !b) return {};
    const auto at = static_cast<std::size_t>(std::ranges::mismatch(*a, *b).in1 - a->begin());
    return ": from octet " + std::to_string(at) + " on '" + visible(a->substr(std::min(at, a->size()), 40)) + "' by POP3, '" +
           visible(b->substr(std::min(at, b->size()), 40)) + "' by IMAP";
  }

  std::map<std::string, Message> x_messages;  // by mark
  std::map<int, Session> x_pop3, x_imap;
  ImapViews x_views;
};

}  // namespace

std::unique_ptr<Rule> both_rule() { return std::make_unique<Both>(); }

}  // namespace mailspec::oracle
