// The commands of IMAP, a row each: when each may be given, how its arguments are read, and what carries it out.
#pragma once

#include <string_view>
#include <vector>

#include "reference_server/imap/extension.h"

namespace mailspec::reference::imap {

struct Command;
class Parser;
class Session;

// RFC 9051 section 3: the states in which a command may be given.
enum class When { any, before_login, after_login, selected };

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
  void (*read)(Parser& p, Command& c) = nullptr;  // its arguments, from behind the name; none if it has none
  void (*run)(Session& s, const Command& c) = nullptr;
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
