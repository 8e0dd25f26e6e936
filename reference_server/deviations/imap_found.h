// Small tools for deviations of SEARCH: its keys, and what a response says it has found.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "reference_server/deviations/imap_rewrite.h"

namespace mailspec::reference {

// A key that matches nothing.
imap::SearchKey no_message();
// This key, or the same with another name.
imap::SearchKey or_of(const imap::SearchKey& key, const char* other);

// How many messages SEARCH or ESEARCH says it has found; 0 of any other response.
std::size_t found(ImapResponse& r);
// Replaces each number of SEARCH or ESEARCH.
void each_found(ImapResponse& r, const std::function<std::uint64_t(std::uint64_t)>& instead);
// The sequence number of a UID, 0 if it has none.
std::uint64_t number_of(const ImapSession& s, std::uint64_t uid);
// ESEARCH as SEARCH.
void as_search(ImapResponse& r);
// A set as one range from its first number to its last.
std::string over_gaps(std::string_view set);

}  // namespace mailspec::reference
