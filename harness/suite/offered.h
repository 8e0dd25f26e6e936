// What a target offers, against what a case needs.
#pragma once

#include <optional>
#include <string>

#include "harness/language/scenario.h"
#include "harness/scenario/offer.h"

namespace mailspec::suite {

// Is the case about a protocol, and a revision of it, that the target offers? Others make no check.
bool in_question(const scenario::Case& c, const scenario::Offer& offer);

// Why the case cannot run on this server, and how to mend that where it lies with the command line; nothing where it can.
std::optional<std::string> reason_to_skip(const scenario::Case& c, const scenario::Offer& offer);

}  // namespace mailspec::suite
