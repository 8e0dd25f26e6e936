// The commands of IMAP, a row each: when each may be given, how its arguments are read, and what carries it out.
#pragma once

#include <functional>
#include <string_view>
#include <type_traits>
#include <vector>

#include "reference_server/imap/command.h"
#include "reference_server/imap/extension.h"

namespace mailspec::reference::imap {

class Parser;
class Session;

// RFC 9051 section 3: the states in which a command may be given.
enum class When { any, before_login, after_login, selected };

// What reads a command's arguments and what carries it out. The types of the arguments are known to `handled_by` alone, which makes it.
struct Handling {
  void (*read)(Parser& p, Command& c) = nullptr;  // from behind the name; none if it has no arguments
  void (*run)(Session& s, const Command& c) = nullptr;
};

// Of a command without arguments. `run` takes a Session& and a const Head&; it may be a member of Session.
template <auto run>
constexpr Handling handled_by() {
  return {.run = [](Session& s, const Command& c) { std::invoke(run, s, static_cast<const Head&>(c)); }};
}

// Of a command with arguments. `read` takes a Parser& and a const Head&, and returns them; `run` takes them as well.
template <auto read, auto run>
constexpr Handling handled_by() {
  using A = std::invoke_result_t<decltype(read), Parser&, const Head&>;
  return {.read = [](Parser& p, Command& c) { c.arguments = read(p, c); },
          .run = [](Session& s, const Command& c) { std::invoke(run, s, static_cast<const Head&>(c), *c.as<A>()); }};
}

struct CommandRow {
  enum Trait : unsigned {
    rev1_only = 1,     // RFC 9051 has it no longer
    may_have_uid = 2,  // UID may stand before it
    must_have_uid = 4,
    tells = 8,        // what it has done itself, and what others have, is told with it in any case
    normalizes = 16,  // answers with the name by which a mailbox is known (RFC 9051 6.3.9)
    counts = 32,      // without UID its answers count messages: RFC 9051 7.5.1 forbids EXPUNGE there
  };

  std::string_view name;  // without UID
  When when = When::any;
  Handling handling;
  unsigned traits = 0;

  bool is(Trait t) const { return (traits & t) != 0; }
};

// Those of RFC 3501 and RFC 9051 that every server has; extensions have their own.
const std::vector<CommandRow>& core_commands();

// The command of this name, with UID before it or without; nullptr if there is none where these extensions are in force.
const CommandRow* find_command(std::string_view name, bool uid, const Extensions& in_force);
// The same whatever is in force; nullptr for what is not a command.
const CommandRow* find_command(std::string_view name, bool uid);

}  // namespace mailspec::reference::imap
