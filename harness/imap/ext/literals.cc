// LITERAL+ and LITERAL- (RFC 7888).
#include "harness/imap/vocabulary.h"
#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::imap::ext {

namespace {

constexpr const char* kTooBig = "rfc7888/5/toobig";
constexpr const char* kNotBoth = "rfc7888/5/not-both";
constexpr std::uint64_t kMostOfMinus = 4096;  // octets of a non-synchronizing literal under LITERAL- (RFC 7888 5)

// Does a "{5000+}" stand in a command?
bool non_synchronizing_above(std::string_view args, std::uint64_t most) {
  for (auto at = args.find("+}"); at != std::string_view::npos; at = args.find("+}", at + 2)) {
    auto digits = at;
    std::uint64_t n = 0, place = 1;
    while (digits > 0 && is_digit(args[digits - 1]) && place < 10'000'000'000) {
      n += place * static_cast<std::uint64_t>(args[--digits] - '0');
      place *= 10;
    }
    if (digits < at && digits > 0 && args[digits - 1] == '{' && n > most) return true;
  }
  return false;
}

// RFC 7888 5: a server offers one of the two.
class OneOfTwo : public oracle::ImapCheck {
 public:
  std::vector<std::string> requirements() const override { return {kNotBoth}; }

  void look(const oracle::Look& l) override {
    if (l.event.kind != oracle::Event::Kind::received) return;
    const auto& r = l.response();
    if (r.keyword == "CAPABILITY" && r.kind == Response::Kind::untagged) not_both(l, r.values);
    if (r.code == "CAPABILITY") not_both(l, r.code_values);
  }

 private:
  static void not_both(const oracle::Look& l, const std::vector<Value>& values) {
    const auto names = oracle::words_of(values);
    l.demand(kNotBoth, !names.contains("LITERAL+") || !names.contains("LITERAL-"), "LITERAL+ and LITERAL- are both offered");
  }
};

// RFC 7888 5: a server says why it refuses what is too big for LITERAL-.
class TooBig : public oracle::ImapCheck {
 public:
  std::vector<std::string> requirements() const override { return {kTooBig}; }

  void look(const oracle::Look& l) override {
    if (l.event.kind != oracle::Event::Kind::received) return;
    const auto& r = l.response();
    const auto* running = r.kind == Response::Kind::tagged && r.keyword == "BAD" ? l.session.find(r.tag) : nullptr;
    const bool small_only = l.trace.offers("LITERAL-") || (l.session.rev2 && !l.trace.offers("LITERAL+"));
    if (small_only && running && running->name == "APPEND" && non_synchronizing_above(running->args, kMostOfMinus))
      l.demand(kTooBig, r.code == "TOOBIG", "APPEND with a literal that LITERAL- does not allow was answered with BAD, and without [TOOBIG]");
  }
};

}  // namespace

Extension literal_plus() { return {.name = "LITERAL+", .document = "rfc7888", .capabilities = {{"LITERAL+"}}, .rules = {oracle::make_check<OneOfTwo>}}; }
Extension literal_minus() {
  return {.name = "LITERAL-",
          .document = "rfc7888",
          .capabilities = {{.name = "LITERAL-", .in_rev2 = true, .implied_by = "LITERAL+"}},
          .rules = {oracle::make_check<TooBig>}};
}

}  // namespace mailspec::imap::ext
