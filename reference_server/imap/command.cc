#include "reference_server/imap/command.h"

#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reference_server/imap/commands.h"
#include "reference_server/imap/parser.h"

namespace mailspec::reference::imap {

namespace {

void read_command(Parser& p, Command& c) {
  p.skip(c.tag.size());
  p.sp();
  c.name = p.word();
  if (c.name == "UID" && !p.failed()) {
    c.uid = true;
    p.sp();
    c.name = p.word();
  }
  if (p.failed()) return;
  const auto* row = find_command(c.name, c.uid, p.reading().in_force);
  if (!row || (row->is(CommandRow::rev1_only) && !p.reading().rev1)) return p.fail("unknown command");
  if (row->handling.read) row->handling.read(p, c);
  if (!p.failed() && !p.at_end() && !p.fault(Fault::tail_ignored_of, c.name)) p.fail("too many arguments");
}

}  // namespace

std::string tag_of(std::string_view line) {
  const auto end = std::min(line.find(' '), line.size());
  const auto tag = line.substr(0, end);
  const bool good = !tag.empty() && std::ranges::all_of(tag, [](char c) { return astring_char(c) && c != '+'; });
  return good ? std::string(tag) : std::string();
}

std::optional<LiteralMark> literal_mark(std::string_view line) {
  if (!line.ends_with('}')) return std::nullopt;
  const auto open = line.rfind('{');
  if (open == std::string_view::npos) return std::nullopt;
  auto digits = line.substr(open + 1, line.size() - open - 2);
  LiteralMark mark;
  mark.non_synchronizing = digits.ends_with('+');
  if (mark.non_synchronizing) digits.remove_suffix(1);
  const auto n = parse_number(digits);
  if (!n) return std::nullopt;
  mark.size = *n;
  mark.binary = open > 0 && line[open - 1] == '~';
  // Not within a quoted string: a literal follows a blank, or "(" and the like.
  if (const char before = open == 0 ? ' ' : line[open - 1 - (mark.binary && open > 1)]; before != ' ' && before != '(' && before != '~') return std::nullopt;
  return mark;
}

Parsed parse_command(std::string_view octets, const Reading& reading) {
  Parsed out;
  out.refusal.tag = tag_of(octets);
  if (out.refusal.tag.empty()) {
    out.refusal.why = "no tag";
    return out;
  }
  Parser p(octets, reading);
  auto& c = out.command.emplace();
  c.tag = out.refusal.tag;
  read_command(p, c);
  if (!p.failed()) return out;
  out.command.reset();
  out.refusal.why = p.why();
  const bool has_literal = octets.find("\r\n") != std::string_view::npos;
  out.refusal.reason = p.reason() == Reason::none && has_literal ? Reason::has_literal : p.reason();
  return out;
}

}  // namespace mailspec::reference::imap
