// A mailbox that the server keeps to one session at a time, as it was found to do before anything is judged.
#pragma once

#include <string>

#include "harness/scenario/offer.h"

namespace mailspec::scenario {

// Such a feature of an ImapOffer begins so, and goes on with how the server keeps it, in words.
inline constexpr std::string_view kLock = "lock: ";

// "" if several sessions may have one mailbox selected.
inline std::string lock_of(const ImapOffer& offer) {
  const auto it = offer.features.lower_bound(kLock);
  return it != offer.features.end() && it->starts_with(kLock) ? it->substr(kLock.size()) : std::string();
}

}  // namespace mailspec::scenario
