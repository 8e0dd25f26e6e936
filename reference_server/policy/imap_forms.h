// Which forms of a command are taken: all that the grammar has (RFC 9051 9).
#pragma once

#include <string_view>

#include "reference_server/imap/command.h"
#include "reference_server/policy/policy.h"

namespace mailspec::reference::imap {

class FormPolicy : public Policy {
 public:
  using Policy::Policy;

  // `octets` are those of the command as it came, literals in place.
  bool takes(const Command& c, std::string_view octets) const;
  // RFC 9051 3: commands of the authenticated state may be given in the selected state, too.
  bool takes_while_selected(const Head& c) const;
};

}  // namespace mailspec::reference::imap
