// Does a response fit the pattern of an S line of an .imap file? Values are compared by meaning, flags and item lists without order.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/imap/value.h"
#include "harness/imap/vocabulary.h"
#include "harness/language/imap_pattern.h"
#include "harness/scenario/runner.h"
#include "harness/scenario/template.h"

namespace mailspec::scenario {

// Is a flag a keyword of the server's own, which nobody has asked for?
using OwnKeyword = std::function<bool(std::string_view flag)>;

// Matches one response against a pattern; binds only on success. `why` says what did not fit.
class ImapMatcher {
 public:
  // Under revision 2 "* SEARCH 2 4" stands for the ESEARCH that says the same (RFC 9051 6.4.4).
  ImapMatcher(Bindings& bindings, const FixtureLookup& fixture, int revision, OwnKeyword own = {})
      : x_bindings(bindings), x_fixture(fixture), x_revision(revision), x_own(std::move(own)) {}
  bool matches(const ImapPattern& pattern, const imap::Response& response);
  const std::string& why() const { return x_why; }
  // The item of a FETCH or STATUS response that did not fit, or "".
  const std::string& item() const { return x_item; }

 private:
  bool response(const ImapPattern& pattern, const imap::Response& response);
  bool data(const ImapPattern& pattern, const imap::Response& response, imap::Shape shape);
  bool correlated(const ImapPattern& pattern, const imap::Response& response);
  bool code(const ImapNode& node, const imap::Response& response);
  bool fetch(const ImapPattern& items, const imap::Response& response);
  bool pairs(const ImapPattern& pattern, std::size_t from, const std::vector<imap::Value>& values, std::size_t values_from);
  bool set(const ImapPattern& pattern, const std::vector<imap::Value>& values, const OwnKeyword& ignored = {});
  bool numbers(const ImapPattern& pattern, const std::vector<imap::Value>& values);
  bool sequence(const ImapPattern& pattern, std::size_t from, const std::vector<imap::Value>& values, std::size_t values_from, bool any_case);
  bool value(const ImapNode& node, const imap::Value& value, bool any_case = false);
  static std::string written(const imap::Value& v);
  bool leaf(const ImapNode& node, const imap::Value& value, bool any_case);
  bool file(std::string_view reference, const imap::Value& value);
  bool text(const ImapNode& node, std::string_view text, bool any_case);
  std::string expand(const Line& pieces) const;
  bool no(std::string why);

  Bindings& x_bindings;
  const FixtureLookup& x_fixture;
  int x_revision;
  OwnKeyword x_own;
  std::string x_why, x_item;
};

// The response at `at` of those of one exchange. FETCH responses of one message are as one, and the later value counts; so are SEARCH responses to one command.
imap::Response merged_response(const std::vector<const imap::Response*>& exchange, std::size_t at);
// RFC 9051 5.2: a server may tell flags at any time. Is this FETCH response no more than that, and the pattern about something else?
bool is_news_of_flags(const ImapPattern& pattern, const imap::Response& response);
// "10-Jul-2024 12:00:00 +0200" in seconds since 1970 UTC; nothing for what is no date-time.
std::optional<std::int64_t> instant(std::string_view date_time);
// The name of a FETCH item for comparison: upper case, no quotes around header names.
std::string item_name(std::string_view name);

}  // namespace mailspec::scenario
