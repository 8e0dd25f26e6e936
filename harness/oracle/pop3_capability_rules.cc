#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/oracle/pop3_rule_parts.h"

namespace mailspec::oracle {

namespace {

// ---- CAPA (RFC 2449 3, 5, 6; RFC 2595 4; RFC 3206 6; RFC 5034 3; RFC 6856 2, 3)

class Capabilities : public Rule {
 public:
  std::vector<std::string> requirements() const override {
    return {"rfc2449/3/capa-syntax",
            "rfc2449/3/capability-512",
            "rfc2449/5/announced-in-both-states",
            "rfc2449/5/same-after-login",
            "rfc5034/3/sasl-stays-after-auth",
            "rfc2449/6.7/expire-argument",
            "rfc2449/6.5/login-delay-argument",
            "rfc2595/4/stls-announced-when-permitted",
            "rfc2449/6.1/no-arguments",
            "rfc2449/6.9/implementation-argument",
            "rfc6856/2/utf8-argument",
            "rfc2449/6.3/sasl-names-mechanisms",
            "rfc2449/6.5/largest-delay-first",
            "rfc2449/6.5/delay-user-token",
            "rfc2449/6.7/smallest-expiry-first",
            "rfc2449/6.7/expire-user-token"};
  }

  void step(const Trace& trace, std::size_t index, Sink& sink) override {
    const auto& e = trace.events[index];
    if (e.imap) return;
    auto& c = x_connections[e.connection];
    if (e.kind == Kind::connect) c = {};
    if (e.kind == Kind::tls) {
      c.tls = true;
      c.before.reset();
    }
    if (e.kind != Kind::received) return;
    if (completes_login(e)) c.transaction = true;
    if (e.pop3_command.keyword != "CAPA" || !e.pop3_response.ok() || !e.pop3_command.args.empty()) return;
    const auto list = pop3::parse_capa(e.pop3_response.content);
    syntax(sink, index, e.pop3_response);
    arguments(sink, index, list, c);
    if (!c.transaction) {
      c.before = list;
      return;
    }
    if (!c.before) return;
    both_states(sink, index, *c.before, list);
    per_user(sink, index, *c.before, list, "LOGIN-DELAY", true, "rfc2449/6.5/largest-delay-first", "rfc2449/6.5/delay-user-token");
    per_user(sink, index, *c.before, list, "EXPIRE", false, "rfc2449/6.7/smallest-expiry-first", "rfc2449/6.7/expire-user-token");
  }

 private:
  struct Connection {
    bool tls = false, transaction = false;
    std::optional<pop3::CapaList> before;
  };

  // capability = capa-tag *(SP param) CRLF
  static void syntax(Sink& sink, std::size_t index, const Response& reply) {
    sink.exercised("rfc2449/3/capa-syntax");
    sink.exercised("rfc2449/3/capability-512");
    std::size_t offset = 0;
    std::set<std::string> tags;
    for (const auto& line : reply.content.split_lines()) {
      const auto wrong = [&](const std::string& what) {
        sink.found({"rfc2449/3/capa-syntax", what + ": the line is " + quoted(line), index, offset, true, {}});
      };
      const auto pieces = split(line, ' ');
      const bool printable = std::ranges::all_of(line, [](char ch) { return ch >= 0x20 && ch <= 0x7e; });
      if (pieces[0].empty()) return wrong("a capability begins with its tag");
      if (!printable) return wrong("a capability is made of printable ASCII");
      if (pieces[0].find('.') != std::string::npos) return wrong("a capability's tag has no '.'");
      if (std::ranges::any_of(pieces, [](const auto& p) { return p.empty(); }))
        return wrong("parameters are separated by single spaces, and none ends the line");
      if (const auto tag = glued(pieces[0]); !tag.empty()) return wrong("a space was due behind the tag " + tag);
      if (line.size() + 2 > 512)
        sink.found({"rfc2449/3/capability-512", "a capability line has " + number(line.size() + 2) + " octets", index, offset, true, {}});
      offset += line.size() + 2;
    }
  }

  // A tag that is known and what would be its parameter, without the space between them: no tag of that name is registered (RFC 2449 7, RFC 5034 3,
  // RFC 6856 2).
  static std::string glued(const std::string& word) {
    static const std::vector<std::pair<std::string, std::vector<std::string>>> kTags{
        {"EXPIRE", {"NEVER", "0"}},
        {"LOGIN-DELAY", {"0"}},
        {"SASL", {"PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "SCRAM-", "EXTERNAL", "GSSAPI", "NTLM", "OAUTHBEARER", "XOAUTH2"}},
        {"UTF8", {"USER"}},
    };
    for (const auto& [tag, params] : kTags) {
      if (word.size() <= tag.size() || !istarts_with(word, tag)) continue;
      const auto rest = upper(word.substr(tag.size()));
      if (std::string_view("=:,;/").find(rest[0]) != std::string_view::npos) return tag;
      const bool digits = std::ranges::all_of(rest, is_digit);
      if (std::ranges::any_of(params, [&](const auto& p) { return p == "0" ? digits : rest.starts_with(p); })) return tag;
    }
    return {};
  }

  static void arguments(Sink& sink, std::size_t index, const pop3::CapaList& list, const Connection& c) {
    const auto wrong = [&](const char* id, const std::string& what, const pop3::Capability& capability) {
      sink.found({id, what + ": " + quoted(capability.line), index, 0, false, {}});
    };
    const auto count_or = [](const std::string& text, std::string_view word) { return parse_number(text) || (!word.empty() && iequals(text, word)); };
    for (const auto& cap : list) {
      const auto& p = cap.params;
      static const std::set<std::string> kBare{"TOP", "USER", "UIDL", "RESP-CODES", "PIPELINING", "STLS", "AUTH-RESP-CODE", "LANG"};
      if (kBare.contains(cap.tag)) {
        sink.exercised("rfc2449/6.1/no-arguments");
        if (!p.empty()) wrong("rfc2449/6.1/no-arguments", cap.tag + " has no arguments", cap);
      } else if (cap.tag == "SASL") {
        sink.exercised("rfc2449/6.3/sasl-names-mechanisms");
        const bool good = std::ranges::all_of(p, [](const std::string& m) {
          return m.size() <= 20 &&
                 std::ranges::all_of(m, [](char ch) { return is_digit(ch) || ch == '-' || ch == '_' || (to_upper(ch) >= 'A' && to_upper(ch) <= 'Z'); });
        });
        if (!good) wrong("rfc2449/6.3/sasl-names-mechanisms", "a SASL mechanism's name is 1 to 20 letters, digits, '-' and '_'", cap);
      } else if (cap.tag == "EXPIRE") {
        sink.exercised("rfc2449/6.7/expire-argument");
        const bool user = p.size() == 2 && iequals(p[1], "USER") && !c.transaction;
        if (p.empty() || !count_or(p[0], "NEVER") || (p.size() > 1 && !user)) {
          wrong("rfc2449/6.7/expire-argument", "EXPIRE wants a number of days or NEVER, and before login perhaps USER", cap);
        }
      } else if (cap.tag == "LOGIN-DELAY") {
        sink.exercised("rfc2449/6.5/login-delay-argument");
        const bool user = p.size() == 2 && iequals(p[1], "USER") && !c.transaction;
        if (p.empty() || !count_or(p[0], "") || (p.size() > 1 && !user)) {
          wrong("rfc2449/6.5/login-delay-argument", "LOGIN-DELAY wants a number of seconds, and before login perhaps USER", cap);
        }
      } else if (cap.tag == "IMPLEMENTATION") {
        sink.exercised("rfc2449/6.9/implementation-argument");
        if (p.empty()) wrong("rfc2449/6.9/implementation-argument", "IMPLEMENTATION wants one token or more", cap);
      } else if (cap.tag == "UTF8") {
        sink.exercised("rfc6856/2/utf8-argument");
        if (p.size() > 1 || (p.size() == 1 && !iequals(p[0], "USER"))) wrong("rfc6856/2/utf8-argument", "UTF8 has no argument but USER", cap);
      }
    }
    if (const auto* stls = pop3::find(list, "STLS")) {
      sink.exercised("rfc2595/4/stls-announced-when-permitted");
      if (c.transaction) wrong("rfc2595/4/stls-announced-when-permitted", "STLS is announced in the TRANSACTION state, where it is not permitted", *stls);
    } else if (c.tls || c.transaction) {
      sink.exercised("rfc2595/4/stls-announced-when-permitted");
    }
  }

  static void both_states(Sink& sink, std::size_t index, const pop3::CapaList& before, const pop3::CapaList& after) {
    static const std::array<std::string_view, 11> kBoth{"TOP",    "USER", "SASL",           "RESP-CODES", "LOGIN-DELAY", "PIPELINING",
                                                        "EXPIRE", "UIDL", "AUTH-RESP-CODE", "UTF8",       "LANG"};
    sink.exercised("rfc2449/5/announced-in-both-states");
    for (const auto tag : kBoth) {
      const auto* was = pop3::find(before, tag);
      const auto* is = pop3::find(after, tag);
      if (tag == "SASL" && was) sink.exercised("rfc5034/3/sasl-stays-after-auth");
      if (was && !is) {
        const char* id = tag == "SASL" ? "rfc5034/3/sasl-stays-after-auth" : "rfc2449/5/announced-in-both-states";
        sink.found({id, std::string(tag) + " was announced before the login and is not after it", index, 0, false, {}});
      }
      // "both / no": announced in both states, with the same argument.
      if (tag != "EXPIRE" && tag != "LOGIN-DELAY") {
        sink.exercised("rfc2449/5/same-after-login");
        if (is && !was)
          sink.found({"rfc2449/5/same-after-login", std::string(tag) + " is announced after the login but was not before it", index, 0, false, {}});
        if (is && was && !same_params(is->params, was->params)) {
          sink.found({"rfc2449/5/same-after-login",
                      std::string(tag) + " changed its arguments at login: " + quoted(was->line) + ", then " + quoted(is->line),
                      index,
                      0,
                      false,
                      {}});
        }
      }
    }
    if (pop3::find(before, "IMPLEMENTATION") && !pop3::find(after, "IMPLEMENTATION")) {
      sink.found({"rfc2449/5/announced-in-both-states", "IMPLEMENTATION was announced before the login and is not after it", index, 0, false, {}});
    }
  }

  // RFC 2449 6.5 and 6.7: before the login the safest value for any user, with USER if it can differ.
  static void per_user(Sink& sink, std::size_t index, const pop3::CapaList& before, const pop3::CapaList& after, std::string_view tag, bool largest,
                       const char* order_id, const char* token_id) {
    const auto* was = pop3::find(before, tag);
    const auto* is = pop3::find(after, tag);
    if (!was || !is || was->params.empty() || is->params.empty()) return;
    // NEVER is longer than any number of days.
    const auto value = [](const std::string& text) { return iequals(text, "NEVER") ? ~0ull : parse_number(text).value_or(0); };
    const auto a = value(was->params[0]), b = value(is->params[0]);
    sink.exercised(order_id);
    sink.exercised(token_id);
    const std::string both = quoted(was->line) + " before the login, " + quoted(is->line) + " after it";
    if (largest ? a < b : a > b) sink.found({order_id, both, index, 0, false, {}});
    if (a != b && !(was->params.size() > 1 && iequals(was->params[1], "USER"))) sink.found({token_id, both, index, 0, false, {}});
  }

  static bool same_params(std::vector<std::string> a, std::vector<std::string> b) {
    for (auto* list : {&a, &b}) {
      for (auto& p : *list) p = upper(p);
      std::ranges::sort(*list);
    }
    return a == b;
  }

  std::map<int, Connection> x_connections;
};

// ---- LANG (RFC 6856 3.2)

class Languages : public Rule {
 public:
  std::vector<std::string> requirements() const override { return {"rfc6856/3.2/language-listing", "rfc6856/3.2/lang-selects"}; }

  void step(const Trace& trace, std::size_t index, Sink& sink) override {
    const auto& e = trace.events[index];
    if (e.imap) return;
    if (e.kind != Kind::received || e.pop3_command.keyword != "LANG" || !e.pop3_response.ok() || !trace.offers("LANG")) return;
    if (!e.pop3_command.args.empty()) {
      sink.exercised("rfc6856/3.2/lang-selects");
      const auto space = e.pop3_response.text.find(' ');
      if (space == std::string::npos || !is_tag(e.pop3_response.text.substr(0, space))) {
        sink.found({"rfc6856/3.2/lang-selects",
                    "'+OK', a space, a language tag and another space were due; " + quoted(e.pop3_response.line) + " came",
                    index,
                    4,
                    false,
                    {}});
      }
      return;
    }
    if (!e.pop3_response.multi_line) return;
    sink.exercised("rfc6856/3.2/language-listing");
    std::size_t offset = 0;
    for (const auto& line : e.pop3_response.content.split_lines()) {
      const auto space = line.find(' ');
      const bool described = space == std::string::npos || (space + 1 < line.size() && line[space + 1] != ' ');
      if (!is_tag(line.substr(0, space)) || !described) {
        sink.found({"rfc6856/3.2/language-listing",
                    "a language tag, and perhaps a space and a description, were due; the line " + quoted(line) + " came",
                    index,
                    offset,
                    true,
                    {}});
        return;
      }
      offset += line.size() + 2;
    }
  }

 private:
  // RFC 5646 2.1, the outline: subtags of 1 to 8 letters and digits between hyphens, the first of letters.
  static bool is_tag(const std::string& text) {
    const auto subtags = split(text, '-');
    const auto letter = [](char c) { return to_upper(c) >= 'A' && to_upper(c) <= 'Z'; };
    return std::ranges::all_of(subtags[0], letter) && std::ranges::all_of(subtags, [&](const auto& s) {
             return !s.empty() && s.size() <= 8 && std::ranges::all_of(s, [&](char c) { return is_digit(c) || letter(c); });
           });
  }
};

}  // namespace

std::unique_ptr<Rule> pop3_capability_rule() { return std::make_unique<Capabilities>(); }
std::unique_ptr<Rule> pop3_language_rule() { return std::make_unique<Languages>(); }

}  // namespace mailspec::oracle
