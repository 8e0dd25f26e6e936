// What the clients and probes of set-up have in common, whichever protocol they speak.
#pragma once

#include <functional>
#include <string>

#include "harness/base/result.h"
#include "harness/net/transport.h"
#include "harness/scenario/runner.h"

namespace mailspec::target {

// A client gives its trace to this when it ends, so that the standing rules judge set-up, too.
using Record = std::function<void(oracle::Trace)>;

// Set-up keeps 4000 events of a trace. Then they are recorded; later events have no beginning that a rule could go by, and are not recorded.
// True if the trace is empty now.
bool outgrown(oracle::Trace& trace, Record& record);

// Adds why nobody was greeted, and which option may be the right one for the endpoint. `protocol` is "imap" or "pop3". Error::Kind::config: the
// other protocol has answered.
Error with_advice(Error error, const net::Endpoint& endpoint, const std::string& protocol);

// Connects a client of set-up. Where the server turns it away for the time being, other tries are made, as the patience allows.
template <typename Client>
Status connect_patiently(Client& client, const net::Endpoint& endpoint, net::Transport& transport, const scenario::Patience& patience) {
  for (std::size_t attempt = 0;; ++attempt) {
    auto status = client.connect(endpoint);
    const auto pause = client.turned_away() ? patience.pause(attempt) : std::nullopt;
    if (status || !pause) return status;
    transport.wait(*pause);
  }
}

// What a probe is allowed to do.
struct ProbeRules {
  bool tls_only = false;  // no password in clear: TLS comes first, and where there is none the probe ends (Error config)
  bool verify = false;    // with tls_only: the certificate must be valid
};

// Is the certificate what set-up wants where passwords cross a network? `info`: of the connection, null without TLS. Error::Kind::config if not.
Status trustworthy(const net::TlsInfo* info);

}  // namespace mailspec::target
