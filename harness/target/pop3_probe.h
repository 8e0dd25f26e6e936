// Looks at what a server offers before anything is judged. CAPA says what is not supported, and no failure does.
// Only where CAPA itself is refused are TOP, UIDL and AUTH tried once.
#pragma once

#include <optional>

#include "harness/base/result.h"
#include "harness/net/transport.h"
#include "harness/scenario/offer.h"
#include "harness/scenario/runner.h"
#include "harness/target/set_up.h"

namespace mailspec::target {

Result<scenario::Pop3Offer> probe_pop3(net::Transport& transport, const std::optional<net::Endpoint>& pop3, const std::optional<net::Endpoint>& pop3s,
                                       const scenario::Account& account, scenario::Patience patience, const Record& record = {}, ProbeRules rules = {});

}  // namespace mailspec::target
