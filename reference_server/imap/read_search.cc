// The arguments of SEARCH (RFC 9051 6.4.4, RFC 4731, RFC 5182).
#include <algorithm>
#include <array>

#include "harness/base/ascii.h"
#include "harness/base/planted.h"
#include "harness/base/text.h"
#include "reference_server/imap/parser.h"

namespace mailspec::reference::imap {

namespace {

constexpr int kMaxDepth = 60;  // of parentheses

SearchKey search_key(Parser& p, int depth) {
  SearchKey k;
  if (depth > kMaxDepth && !planted("search-unbounded-recursion")) {
    p.fail("nested too deep");
    return k;
  }
  const auto inner = [&] { k.keys.push_back(search_key(p, depth + 1)); };
  if (p.peek() == '(') {
    k.name = "(";
    p.list_of(inner);
    return k;
  }
  if (is_digit(p.peek()) || p.peek() == '*' || p.peek() == '$') {
    k.name = "#";
    k.set = p.set();
    return k;
  }
  k.name = p.word();
  const std::string_view n = k.name;
  if (n == "BCC" || n == "BODY" || n == "CC" || n == "FROM" || n == "SUBJECT" || n == "TEXT" || n == "TO") {
    p.sp();
    k.text = p.astring("search");
  } else if (n == "HEADER") {
    p.sp();
    k.field = p.astring("field");
    p.sp();
    k.text = p.astring("search");
  } else if (n == "BEFORE" || n == "ON" || n == "SINCE" || n == "SENTBEFORE" || n == "SENTON" || n == "SENTSINCE") {
    p.sp();
    k.day = p.date();
  } else if (n == "KEYWORD" || n == "UNKEYWORD") {
    p.sp();
    k.text = p.atom();
  } else if (n == "LARGER" || n == "SMALLER") {
    p.sp();
    k.number = p.number(false);
  } else if (n == "UID") {
    p.sp();
    k.set = p.set();
  } else if (n == "NOT") {
    p.sp();
    inner();
  } else if (n == "OR") {
    p.sp();
    inner();
    p.sp();
    inner();
  } else if (n == "NEW" || n == "OLD" || n == "RECENT") {
    if (!p.reading().rev1) p.fail("unknown search key", Reason::unknown_search_key);
  } else {
    constexpr std::array<std::string_view, 11> kPlain{"ALL",        "ANSWERED",  "DELETED", "DRAFT",     "FLAGGED", "SEEN",
                                                      "UNANSWERED", "UNDELETED", "UNDRAFT", "UNFLAGGED", "UNSEEN"};
    if (std::ranges::find(kPlain, n) == kPlain.end()) p.fail("unknown search key", Reason::unknown_search_key);
  }
  return k;
}

}  // namespace

SearchArguments read_search(Parser& p, const Head&) {
  SearchArguments a;
  p.sp();
  if (p.has(Extension::esearch) && istarts_with(p.rest(), "RETURN (")) {
    a.has_returns = true;
    if (istarts_with(p.rest(), "RETURN ()")) {
      p.skip(9);
    } else {
      p.skip(7);
      p.list_of([&] {
        a.returns.push_back(p.word());
        if (!p.adds(&ExtensionRow::search_returns, a.returns.back())) p.fail("unknown option of SEARCH", Reason::unknown_search_option);
      });
    }
    p.sp();
  }
  if (istarts_with(p.rest(), "CHARSET ")) {
    p.skip(8);
    a.charset = upper(p.astring("charset"));
    p.sp();
  }
  a.key.name = "(";
  do {
    a.key.keys.push_back(search_key(p, 0));
  } while (!p.failed() && p.take(' '));
  return a;
}

}  // namespace mailspec::reference::imap
