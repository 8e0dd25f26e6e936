// Where a stake broke: at which form of which command, how, and what the case had relied on before it. Two stakes that broke in the same way at the same
// form may well have one cause.
#pragma once

#include <set>
#include <string>

#include "harness/oracle/trace.h"

namespace mailspec::oracle {

struct Footing {
  std::string form;              // "UID SEARCH", "STORE +FLAGS"; of a FETCH whose item was wrong "FETCH FLAGS"; "" if nothing had been sent
  std::string symptom;           // "refused", "missing", "wrong", "closed" or "hang"
  std::set<std::string> acts;    // forms of commands before it in its case that change something, whoever sent them
  std::set<std::string> uses{};  // forms of all commands up to there
  bool operator==(const Footing&) const = default;
};

// Of a stake that broke at the event `broke_at`. `item`: of what was wrong in a response, "" if nothing is known of it. `filled`: set-up has appended messages.
Footing footing_of(const Trace& trace, std::size_t broke_at, const std::string& item, bool filled);

// The form of a command as it was sent: its name, with the item of STORE.
std::string form_of(const imap::Command& command);

}  // namespace mailspec::oracle
