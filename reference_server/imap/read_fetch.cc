// The arguments of FETCH: msg-att items, sections, macros (RFC 9051 6.4.5).
#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reference_server/imap/parser.h"

namespace mailspec::reference::imap {

namespace {

// As a response names it.
std::string written(const Section& s) {
  std::string out = "[";
  for (const auto n : s.part) out += std::to_string(n) + ".";
  out += s.text == Section::Text::fields ? "HEADER.FIELDS (" : "HEADER.FIELDS.NOT (";
  for (std::size_t i = 0; i < s.names.size(); ++i) {
    const bool atom = !s.names[i].empty() && std::ranges::all_of(s.names[i], astring_char);
    out += (i ? " " : "") + (atom ? s.names[i] : "\"" + replace_all(replace_all(s.names[i], "\\", "\\\\"), "\"", "\\\"") + "\"");
  }
  return out + ")]";
}

void section_text(Parser& p, Section& s) {
  const auto written = p.atom();
  const auto w = upper(written);
  if (w != written && p.fault(Fault::section_case)) p.fail("unknown section");
  if (w == "HEADER") s.text = Section::Text::header;
  else if (w == "TEXT") s.text = Section::Text::text;
  else if (w == "MIME" && !s.part.empty()) s.text = Section::Text::mime;
  else if (w == "HEADER.FIELDS" || w == "HEADER.FIELDS.NOT") {
    s.text = w == "HEADER.FIELDS" ? Section::Text::fields : Section::Text::fields_not;
    p.sp();
    p.list_of([&] {
      s.names.push_back(p.astring("field-name"));
      // RFC 5322 2.2: printable US-ASCII but the colon.
      if (std::ranges::any_of(s.names.back(), [](char c) { return c <= ' ' || c > '~' || c == ':'; })) p.fail("that is no field name");
    });
  } else {
    p.fail("unknown section");
  }
}

Section section(Parser& p) {
  Section s;
  const auto start = p.at();
  p.lit('[');
  while (is_digit(p.peek())) {
    s.part.push_back(p.number32(true));
    if (p.failed()) return s;
    if (p.peek() == '.' && is_digit(p.peek(1))) p.skip(1);
    else break;
  }
  if (!s.part.empty() && p.peek() == '.') p.skip(1);
  else if (!s.part.empty() && p.peek() != ']') p.fail("']' was due");
  if (p.peek() != ']' || (!s.part.empty() && p.before() == '.')) section_text(p, s);
  p.lit(']');
  if (!p.failed()) s.written = upper(p.from(start));
  if (s.text == Section::Text::fields || s.text == Section::Text::fields_not) s.written = written(s);
  return s;
}

void partial(Parser& p, FetchAtt& a) {
  if (!p.take('<')) return;
  const auto from = p.number(false);
  p.lit('.');
  const bool of_nothing = p.fault(Fault::partial_of_nothing);
  const auto n = p.number(!of_nothing);
  p.lit('>');
  a.partial = {from, of_nothing && n == 0 ? 0xFFFFFFFFu : n};
}

FetchAtt fetch_att(Parser& p) {
  FetchAtt a;
  std::string w;
  // A word up to "[", for "[" is an ATOM-CHAR.
  for (; !p.at_end() && atom_char(p.peek()) && p.peek() != '['; p.skip(1)) w += to_upper(p.peek());
  const bool sectioned = p.peek() == '[';
  if (sectioned && (w == "BODY" || w == "BODY.PEEK")) {
    a.name = "BODY[]";
    a.peek = w != "BODY";
    a.section = section(p);
    partial(p, a);
  } else if (sectioned && p.has(Extension::binary) && (w == "BINARY" || w == "BINARY.PEEK" || w == "BINARY.SIZE")) {
    a.name = w == "BINARY.SIZE" ? "BINARY.SIZE[]" : "BINARY[]";
    a.peek = w != "BINARY";
    a.section = section(p);
    if (a.section.text != Section::Text::none) p.fail("BINARY takes parts only");
    if (w != "BINARY.SIZE") partial(p, a);
  } else if (!sectioned && (w == "FLAGS" || w == "UID" || w == "ENVELOPE" || w == "INTERNALDATE" || w == "RFC822.SIZE" || w == "BODY" || w == "BODYSTRUCTURE" ||
                            (p.reading().rev1 && (w == "RFC822" || w == "RFC822.HEADER" || w == "RFC822.TEXT")))) {
    a.name = w;
    a.peek = w != "RFC822" && w != "RFC822.TEXT";
  } else {
    p.fail("unknown data item");
  }
  return a;
}

// A macro is the whole rest of the command.
bool macro(Parser& p, FetchArguments& out, std::string_view name) {
  if (upper(p.rest()) != name) return false;
  p.skip(p.rest().size());
  std::vector<std::string> items{"FLAGS", "INTERNALDATE", "RFC822.SIZE"};
  if (name != "FAST") items.emplace_back("ENVELOPE");
  if (name == "FULL") items.emplace_back("BODY");
  for (auto& i : items) {
    FetchAtt a;
    a.name = i;
    a.peek = true;
    out.items.push_back(std::move(a));
  }
  return true;
}

}  // namespace

FetchArguments read_fetch(Parser& p, const Head&) {
  FetchArguments out;
  p.sp();
  out.set = p.set();
  p.sp();
  if (macro(p, out, "ALL") || macro(p, out, "FAST") || macro(p, out, "FULL")) return out;
  if (p.peek() == '(') p.list_of([&] { out.items.push_back(fetch_att(p)); });
  else out.items.push_back(fetch_att(p));
  return out;
}

}  // namespace mailspec::reference::imap
