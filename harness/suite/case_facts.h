// What a case needs of the accounts and does to the server, as its steps say: by this it is planned.
#pragma once

#include "harness/scenario/scenario.h"

namespace mailspec::suite {

// POP3, and both protocols at once: does the case log in, or need a maildrop? While it runs it has the account to itself.
bool needs_account(const scenario::Case& c);
// Does it use an account that is named for one role?
bool has_own_account(const scenario::Case& c);
// IMAP: does the case keep below mailboxes of its own? Then others may use the account beside it. INBOX, subscriptions and the list of all names are
// the account's.
bool keeps_to_itself(const scenario::Case& c);
// Does the case send what is to do harm?
bool attacks(const scenario::Case& c);
bool logs_in(const scenario::Case& c);
// Does the case let logins fail? Many servers delay the next ones then, and not only those of the same account.
bool lets_logins_fail(const scenario::Case& c);

}  // namespace mailspec::suite
