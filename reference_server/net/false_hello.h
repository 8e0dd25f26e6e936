// Only deviations: a ServerHello (RFC 5246 section 7.4.1.3) that chooses what today's OpenSSL would not. The handshake is never finished.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reference_server/options.h"

namespace mailspec::reference {

// The answer to a ClientHello of the version that offers the suite `choice` wants; "" if it is no such hello, nothing while it is incomplete.
std::optional<std::string> false_hello(std::string_view client_hello, const Options::TlsChoice& choice);

}  // namespace mailspec::reference
