// The command parsers alone, without a server round them.
#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/imap_framing.h"
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
  const auto seen = imap::parse_command(std::string_view(framed.octets).substr(0, framed.octets.find("\r\n")));
  std::string_view name = seen.name;
  if (command.uid && name.starts_with("UID ")) name.remove_prefix(4);
  require(seen.tag == command.tag && name == command.name && command.uid == (name.size() < seen.name.size()), "the witnesses read different commands");
  // The other witness reads the same name of a mailbox, however it was written.
  if (const auto* name = command.name == "SELECT" && framed.must == 0 ? mailbox_of(command) : nullptr) {
    const auto arguments = imap::arguments(seen.args);
    require(!arguments.empty(), "the other witness finds no mailbox");
    require(imap::unquoted(arguments[0]) == *name, "the witnesses read different names");
    require(imap::unquoted(imap::quoted(*name)) == *name, "a name in quotes is another name");
    require(imap::unquoted("{0}\r\n" + *name) == *name, "a name as a literal is another name");
  }
  if (const auto* copy = command.as<reference::imap::CopyArguments>()) {
    const auto arguments = imap::arguments(seen.args);
    imap::NumberSet set;
    const bool read = !arguments.empty() && imap::parse_set(arguments[0], 7, set);
    require(read != copy->set.saved, "the witnesses do not agree on what a set is");
    for (const auto& [a, b] : copy->set.ranges) {
      const auto number = [](std::uint64_t n) { return n == reference::imap::kStar ? 7 : n; };
      require(imap::contains(set, number(a)) && imap::contains(set, number(b)), "the witnesses read different sets");
    }
  }
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
  Turns turns(octets);
  const bool all = turns.next(8);
  for (const auto& framed : commands_in(octets)) {
    if (!all) {
      (void)parse_command(framed.octets, turns.next(2) ? old : fresh);
      continue;
    }
    const auto command = look_at(framed, fresh, nullptr);
    (void)look_at(framed, old, command ? &*command : nullptr);
    // What was understood goes on being understood for a while.
    if (command) require_linear(framed.octets, 8, [&](std::string_view text) { (void)parse_command(text, fresh); });
  }
}

void pop3_command(std::string_view octets) {
  if (octets.size() > 4096) return;
  const bool all = Turns(octets).next(3);
  for (std::size_t from = 0; from < octets.size();) {
    const auto end = std::min(octets.find("\r\n", from), octets.size());
    const auto line = octets.substr(from, end - from);
    from = end + 2;
    const auto command = reference::pop3::parse_command(line);
    require(command.args.empty() == !command.rest, "arguments without text behind the keyword, or the other way round");
    // Written and read again it is the same; and nothing but the case of the keyword was lost.
    const auto& keyword = command.keyword;
    require(line.size() == keyword.size() + (command.rest ? 1 + command.rest->size() : 0) && iequals(line.substr(0, keyword.size()), keyword) &&
                (!command.rest || (line[keyword.size()] == ' ' && line.substr(keyword.size() + 1) == *command.rest)),
            "the command is not what was read");
    if (!all) continue;
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
