// Pumps many sessions over TCP: one coroutine each, all on one io_context and one thread.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "harness/net/pumped.h"
#include "harness/net/tls_client.h"
#include "harness/net/transport.h"

namespace mailspec::net {

// Until all sessions have come to the end, through the final checkpoint; under TLS if the endpoint says so. `progress` is called about once a second with the
// seconds since the start; `stop` ends it before its time. The version of TLS is noted in the schedule. Returns "" or why nothing could be run.
std::string pump(Schedule& schedule, const std::vector<Pumped*>& sessions, const Endpoint& endpoint, const TlsTrust& trust, const std::atomic<bool>& stop,
                 const std::function<void(double)>& progress);
// The clock by which the schedule's times are told.
double pump_clock();

}  // namespace mailspec::net
