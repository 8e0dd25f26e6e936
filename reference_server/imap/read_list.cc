// The arguments of LIST (RFC 9051 6.3.9, RFC 5258): LIST [(selection)] reference (pattern | (patterns)) [RETURN (options)]
#include <algorithm>

#include "reference_server/imap/parser.h"

namespace mailspec::reference::imap {

namespace {

void selection(Parser& p, ListArguments& a) {
  a.extended = true;
  p.lit('(');
  if (!p.take(')')) {
    do {
      a.selection.push_back(p.word());
      if (!p.adds(&ExtensionRow::list_selection, a.selection.back())) p.fail("unknown selection option", Reason::unknown_selection_option);
    } while (!p.failed() && p.take(' '));
    p.lit(')');
  }
  const auto has = [&](std::string_view s) { return std::ranges::find(a.selection, s) != a.selection.end(); };
  // RFC 5258 3.1: RECURSIVEMATCH wants something to match.
  if (has("RECURSIVEMATCH") && !has("SUBSCRIBED") && !has("SPECIAL-USE")) p.fail("RECURSIVEMATCH stands not alone", Reason::recursivematch_alone);
}

void returns(Parser& p, ListArguments& a) {
  if (p.word() != "RETURN") p.fail("RETURN was due");
  a.extended = a.has_returns = true;
  p.sp();
  p.lit('(');
  if (p.take(')')) return;
  do {
    auto w = p.word();
    if (!p.adds(&ExtensionRow::list_returns, w)) p.fail("unknown return option", Reason::unknown_return_option);
    if (w == "STATUS" && !p.failed()) {
      p.sp();
      a.status_items = p.status_items();
    }
    a.returns.push_back(std::move(w));
  } while (!p.failed() && p.take(' '));
  p.lit(')');
}

}  // namespace

ListArguments read_list(Parser& p, const Head&) {
  ListArguments a;
  const bool extended = p.has(Extension::list_extended);
  p.sp();
  if (p.peek() == '(' && extended) {
    selection(p, a);
    p.sp();
  }
  a.mailbox = p.astring("reference");
  p.sp();
  if (p.peek() == '(' && extended) {
    a.extended = true;
    p.list_of([&] { a.patterns.push_back(p.list_mailbox()); });
  } else {
    a.patterns.push_back(p.list_mailbox());
  }
  if (extended && p.take(' ')) returns(p, a);
  return a;
}

}  // namespace mailspec::reference::imap
