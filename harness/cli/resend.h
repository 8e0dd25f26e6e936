// Sends again what a stored trace has sent: for traces that no scenario made, and for `replay --raw`.
#pragma once

#include "harness/cli/commands.h"
#include "harness/oracle/trace.h"

namespace mailspec::cli {

// The same commands in the same order between the connections, each answer awaited where it came. The mailbox is a fresh one with as many
// messages; its name and the UIDs of commands are put in for the old ones, unless `raw`. Logins are done anew, since no secret is stored.
// An Error says what of the trace cannot be sent again.
Result<oracle::Trace> resend(const oracle::Trace& stored, const Subject& subject, bool raw);

}  // namespace mailspec::cli
