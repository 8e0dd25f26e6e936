// Why a command was refused, for those who rewrite responses: what a response says of it to people may change at any time.
#pragma once

namespace mailspec::reference::imap {

enum class Reason {
  none,
  cancelled,    // by "*", in an exchange of SASL
  has_literal,  // of a command that has one, where no other reason is known
  line_too_long,
  literal_due,
  no_initial_response,  // the mechanism has none
  not_base64,
  recursivematch_alone,
  unknown_search_key,
  unknown_search_option,
  unknown_return_option,
  unknown_selection_option,
  wrong_state,
};

}  // namespace mailspec::reference::imap
