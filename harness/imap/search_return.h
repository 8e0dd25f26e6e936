// What SEARCH and ESEARCH responses tell.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/imap/command.h"
#include "harness/imap/value.h"

namespace mailspec::imap {

// Numbers of one set that rules look at, at most: few octets can name four thousand million.
constexpr std::uint64_t kMostNumbers = 20000;

// What an ESEARCH response returns (RFC 9051 7.3.4). It points into the response.
struct SearchReturn {
  const Value* correlator = nullptr;  // the list in which the tag stands
  bool uid = false;
  std::vector<std::pair<std::string, const Value*>> items;  // names in upper case; no value where the response ends before it
  bool has_all() const;
  // The messages found; nothing if ALL is not there, or is no set of numbers.
  std::optional<NumberSet> all() const;
};
SearchReturn search_return(const Response& response);
// The numbers that a SEARCH or ESEARCH response tells; none by any other.
NumberSet numbers_found(const Response& response);

}  // namespace mailspec::imap
