// Set-up takes another way where a command is refused that nobody may refuse: that its form is refused is the finding of that form's own check.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/imap/command.h"
#include "harness/imap/value.h"

namespace mailspec::scenario {

// What a way may need to know. What has to be asked for is asked for where it is needed.
struct Surroundings {
  std::function<std::vector<std::uint64_t>()> uids;  // of the mailbox that is selected, in the order of their numbers
  std::function<bool(std::string_view capability)> offers;
  std::string selection;  // the command that has selected it
};

// Commands without tags, to be given in turn.
using Way = std::vector<std::string>;
// What does the same by other forms, the nearest first. Commands with literals have none.
std::vector<Way> other_ways(const imap::Command& refused, const Surroundings& around);

// May the form be why? What is refused for the time being, or for the sake of what is named, is refused in any form.
bool may_be_for_its_form(const imap::Response& answer);

}  // namespace mailspec::scenario
