// Looks at what a server offers before anything is judged. Unsupported is read from CAPA, never inferred from a failure
// (design section 7); only where CAPA itself is refused are TOP, UIDL and AUTH tried once.
#pragma once

#include "harness/base/result.h"
#include "harness/net/transport.h"
#include "harness/scenario/offer.h"
#include "harness/scenario/runner.h"
#include "harness/target/client.h"

namespace mailspec::target {

// What is allowed on the way.
struct ProbeRules {
  bool tls_only = false;  // no password in clear: STLS comes first, and where there is none the probe ends (Error config)
  bool verify = false;    // with tls_only: the certificate must be valid
};

Result<scenario::Offer> probe(net::Transport& transport, const std::optional<net::Endpoint>& pop3, const std::optional<net::Endpoint>& pop3s,
                              const scenario::Account& account, scenario::Patience patience, const Client::Record& record = {}, ProbeRules rules = {});

}  // namespace mailspec::target
