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

// ---- response codes (RFC 2449 6.4 and 8, RFC 3206, RFC 6856 5) and the APOP timestamp (RFC 1939 7)

class Codes : public Rule {
 public:
  std::vector<std::string> requirements() const override {
    return {"rfc2449/6.4/bracket-is-code",   "rfc2449/8.1/code-where-valid",    "rfc3206/4/sys-levels",
            "rfc3206/5/auth-code-announced", "rfc3206/5/no-auth-code-for-user", "rfc2449/8.1.1/no-login-delay-for-user",
            "rfc1939/7/timestamp-fresh",     "rfc1939/7/timestamp-is-msg-id",   "rfc2449/8/codes-announced"};
  }

  void step(const Trace& trace, std::size_t index, Sink& sink) override {
    const auto& e = trace.events[index];
    if (e.imap) return;
    if (e.kind != Kind::received) return;
    const auto& r = e.pop3_response;
    const auto found = [&](const char* id, std::string what, std::size_t offset = 0) { sink.found({id, std::move(what), index, offset, false, {}}); };
    if (r.shape == pop3::Shape::greeting) timestamp(trace, index, sink);
    if (r.status == pop3::Status::challenge || !r.text.starts_with('[')) return;
    // RFC 2449 6.4 promises for text that begins with "[", where RESP-CODES is announced.
    if (trace.offers("RESP-CODES")) {
      sink.exercised("rfc2449/6.4/bracket-is-code");
      if (!r.code) return found("rfc2449/6.4/bracket-is-code", "the text begins with '[' but not with a response code: " + quoted(r.line), 4);
    }
    if (!r.code) return;
    const auto& k = e.pop3_command.keyword;
    const bool login = pop3::is_authentication(e.pop3_command);
    const auto place = [&](std::string_view code, bool right) {
      if (!code_is(r.code, code)) return;
      sink.exercised("rfc2449/8.1/code-where-valid");
      if (!right || r.status != pop3::Status::err) {
        found("rfc2449/8.1/code-where-valid",
              "[" + std::string(code) + "] is not valid in this response to " + (k.empty() ? std::string("AUTH") : k) + ": " + quoted(r.line), 5);
      }
    };
    if (trace.offers("CAPA") && (code_is(r.code, "IN-USE") || code_is(r.code, "LOGIN-DELAY") || code_is(r.code, "SYS") || code_is(r.code, "AUTH"))) {
      sink.exercised("rfc2449/8/codes-announced");
      if (!trace.offers("RESP-CODES")) found("rfc2449/8/codes-announced", "a response code came although RESP-CODES is not announced: " + quoted(r.line), 5);
    }
    place("IN-USE", login && k != "USER");
    place("LOGIN-DELAY", login);
    place("SYS", true);
    place("AUTH", login);
    place("UTF8", k == "LIST" || k == "TOP" || k == "RETR");
    if (code_is(r.code, "SYS")) {
      sink.exercised("rfc3206/4/sys-levels");
      if (!code_is(r.code, "SYS/TEMP") && !code_is(r.code, "SYS/PERM"))
        found("rfc3206/4/sys-levels", "the second level of SYS is TEMP or PERM: " + quoted(r.line), 5);
    }
    if (code_is(r.code, "AUTH")) {
      sink.exercised("rfc3206/5/auth-code-announced");
      // Where nothing is known of what is offered, nothing is missing there.
      if (!trace.offered.empty() && !trace.offers("AUTH-RESP-CODE"))
        found("rfc3206/5/auth-code-announced", "[AUTH] came although AUTH-RESP-CODE is not announced: " + quoted(r.line), 5);
    }
    if (k == "USER") {
      sink.exercised("rfc3206/5/no-auth-code-for-user");
      sink.exercised("rfc2449/8.1.1/no-login-delay-for-user");
      if (code_is(r.code, "AUTH")) found("rfc3206/5/no-auth-code-for-user", "[AUTH] in answer to USER tells that the user exists: " + quoted(r.line), 5);
      if (code_is(r.code, "LOGIN-DELAY"))
        found("rfc2449/8.1.1/no-login-delay-for-user", "[LOGIN-DELAY] in answer to USER tells that the user exists: " + quoted(r.line), 5);
    }
  }

 private:
  void timestamp(const Trace& trace, std::size_t index, Sink& sink) {
    const auto& line = trace.events[index].pop3_response.line;
    const auto from = line.find('<');
    if (from == std::string::npos) return;
    const auto to = line.find('>', from);
    const auto inside = to == std::string::npos ? std::string_view() : std::string_view(line).substr(from + 1, to - from - 1);
    // Below, only what is a timestamp by RFC 1939 7 counts as one; a "<" that is none is RFC 2449's affair.
    const auto at = inside.find('@');
    const bool is_msg_id = at != std::string_view::npos && at > 0 && at + 1 < inside.size() && inside.find('@', at + 1) == std::string_view::npos &&
                           inside.find(' ') == std::string_view::npos && std::ranges::all_of(inside, [](char c) { return c > 0x20 && c < 0x7f && c != '<'; });
    if (trace.offers("CAPA") || is_msg_id) sink.exercised("rfc1939/7/timestamp-is-msg-id");
    if (!is_msg_id) {
      if (trace.offers("CAPA"))
        sink.found({"rfc1939/7/timestamp-is-msg-id", "what stands in angle brackets in the greeting is no msg-id: " + quoted(line), index, from, false, {}});
      return;
    }
    sink.exercised("rfc1939/7/timestamp-fresh");
    if (!x_timestamps.insert(std::string(inside)).second) {
      sink.found({"rfc1939/7/timestamp-fresh", "the timestamp <" + std::string(inside) + "> was in an earlier greeting", index, from, false, {}});
    }
  }

  std::set<std::string> x_timestamps;
};

}  // namespace

std::unique_ptr<Rule> pop3_code_rule() { return std::make_unique<Codes>(); }

}  // namespace mailspec::oracle
