// How SEARCH compares (RFC 9051 6.4.4), and what "$" keeps (6.4.4.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "reference_server/imap/command.h"
#include "reference_server/imap/view.h"
#include "reference_server/mime/message.h"
#include "reference_server/policy/policy.h"

namespace mailspec::reference::imap {

// RFC 9051 6.4.4: strings match as substrings, in any case. ASCII folding is enough for us.
bool contains(std::string_view text, std::string_view wanted);

class SearchPolicy : public Policy {
 public:
  using Policy::Policy;

  // Days since 1970 of INTERNALDATE and of the Date field. Both disregard time and zone: the day is that of the zone which is written.
  std::int64_t day_of(const StoredMessage& m) const;
  std::optional<std::int64_t> day_sent(const mime::Part& message) const;
  // Fields and bodies are searched as they are when decoded. What a careless server finds in place of that; nothing where it does as the RFC says.
  std::optional<bool> careless(const SearchKey& k, const mime::Part& message) const;

  // RFC 5182 2.1: "$" is what the last SEARCH with SAVE has found, and nothing after one that was refused.
  // `saves`: it has SAVE. `kept`: what RFC 5182 2.4 has it keep of `found`.
  void save(View& view, bool saves, const std::vector<std::uint64_t>& found, const std::vector<std::uint64_t>& kept) const;
  void refuse(View& view, bool saves) const;
  // RFC 9051 6.4.4.1: SELECT empties it. What is saved behind it.
  std::vector<std::uint64_t> kept_by_select(const View& view) const;
  // The message at `index` is about to leave the view, and goes from what is saved.
  void forget(View& view, std::size_t index) const;
};

}  // namespace mailspec::reference::imap
