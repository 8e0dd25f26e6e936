// The command parsers alone, without a server round them.
#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/imap_write.h"
#include "fuzz/properties.h"
#include "fuzz/targets.h"
#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/command.h"
#include "harness/pop3/command.h"
#include "reference_server/imap/command.h"
#include "reference_server/pop3/command.h"

namespace mailspec::fuzz {

namespace {

using reference::imap::Command;
using reference::imap::Reading;

// What the server's framing makes of octets that a client sends: lines, and the literals they announce. What is unfinished at the end is no command.
struct Framed {
  std::string octets;    // without the last CRLF
  std::size_t must = 0;  // the last literal ends here: nothing shorter is the whole
};

std::vector<Framed> commands_in(std::string_view octets) {
  std::vector<Framed> out;
  Framed command;
  for (std::size_t at = 0; at < octets.size();) {
    const auto lf = octets.find('\n', at);
    if (lf == std::string_view::npos) break;
    auto line = octets.substr(at, lf - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    command.octets += line;
    at = lf + 1;
    const auto mark = reference::imap::literal_mark(line);
    if (!mark) {
      out.push_back(std::move(command));
      command = {};
      continue;
    }
    if (mark->size > octets.size() - at) break;
    command.octets += "\r\n";
    command.octets += octets.substr(at, mark->size);
    command.must = command.octets.size();
    at += mark->size;
  }
  return out;
}

// `known`: what another reading made of it, already looked at.
std::optional<Command> look_at(const Framed& framed, const Reading& reading, const Command* known) {
  auto parsed = parse_command(framed.octets, reading);
  if (!parsed.command) {
    require(!parsed.refusal.why.empty(), "a refusal says nothing");
    return std::nullopt;
  }
  const auto& command = *parsed.command;
  if (known && *known == command) return std::nullopt;
  // Written and read again it is the same.
  const auto written = write_command(command);
  const auto again = parse_command(written, reading);
  if (!again.command || !(*again.command == command)) {
    std::fprintf(stderr, "'%s' is written as '%s', which is %s\n", visible(framed.octets, 4000).c_str(), visible(written, 4000).c_str(),
                 again.command ? "another command" : again.refusal.why.c_str());
    require(false);
  }
  // The other witness reads the same tag and name.
  const auto seen = imap::parse_command(framed.octets.substr(0, framed.octets.find("\r\n")));
  require(seen.tag == command.tag && seen.name == (command.uid ? "UID " + command.name : command.name), "the witnesses read different commands");
  // What ends within a literal is no command, whatever stands there.
  for (std::size_t n = framed.must; n > 0 && n + 4 > framed.must; --n)
    require(!parse_command(std::string_view(framed.octets).substr(0, n - 1), reading).command, "a command without the end of its literal is taken");
  return std::move(parsed.command);
}

}  // namespace

void imap_command(std::string_view octets) {
  if (octets.size() > 4096) return;
  Reading old, fresh;
  fresh.rev2 = true;
  for (const auto& framed : commands_in(octets)) {
    const auto command = look_at(framed, fresh, nullptr);
    (void)look_at(framed, old, command ? &*command : nullptr);
    require_linear(framed.octets, 1024, [&](std::string_view text) { (void)parse_command(text, fresh); });
  }
}

void pop3_command(std::string_view octets) {
  if (octets.size() > 4096) return;
  for (std::size_t from = 0; from < octets.size();) {
    const auto end = std::min(octets.find("\r\n", from), octets.size());
    const auto line = octets.substr(from, end - from);
    from = end + 2;
    const auto command = reference::pop3::parse_command(line);
    require(command.args.empty() == !command.rest, "arguments without text behind the keyword, or the other way round");
    // Written and read again it is the same; and nothing but the case of the keyword was lost.
    const auto written = command.rest ? command.keyword + " " + *command.rest : command.keyword;
    require(written.size() == line.size() && iequals(written, line), "the command is not what was read");
    // The other witness reads the same.
    const auto seen = pop3::parse_command(line);
    require(seen.keyword == command.keyword && seen.args == command.args, "the witnesses read different commands");
    for (const auto& arg : command.args) {
      const auto number = reference::pop3::parse_message_number(arg);
      if (number) require(reference::pop3::parse_message_number(std::to_string(*number)) == number && reference::pop3::parse_line_count(arg) == number);
    }
  }
  require_linear(octets, 1024, [](std::string_view text) {
    (void)reference::pop3::parse_command(text);
    (void)pop3::parse_command(text);
  });
}

}  // namespace mailspec::fuzz
