// Looks at what an IMAP server offers before anything is judged: capabilities in each state, the personal namespace and its delimiter.
#pragma once

#include <optional>

#include "harness/base/result.h"
#include "harness/net/transport.h"
#include "harness/scenario/offer.h"
#include "harness/scenario/runner.h"
#include "harness/target/set_up.h"

namespace mailspec::target {

Result<scenario::ImapOffer> probe_imap(net::Transport& transport, const std::optional<net::Endpoint>& imap, const std::optional<net::Endpoint>& imaps,
                                       const scenario::Account& account, scenario::Patience patience, const Record& record = {}, ProbeRules rules = {});

}  // namespace mailspec::target
