// The server's side of SASL exchanges: PLAIN (RFC 4616), LOGIN, CRAM-MD5 (RFC 2195), SCRAM-SHA-1 and -256 (RFC 5802, 7677).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::reference {

// RFC 4013 by libidn; nothing if the text is not UTF-8 or holds a prohibited character. `stored`: unassigned code points are refused.
std::optional<std::string> saslprep(std::string_view text, bool stored);

std::string md5_hex(std::string_view octets);

class Exchange {
 public:
  struct Step {
    enum class Kind { challenge, success, failure } kind;
    std::string challenge;  // octets, not base64
    std::string user;       // the authorized name, on success
    std::string why;        // on failure
  };
  // The password of a user, or nothing.
  using Lookup = std::function<std::optional<std::string>(std::string_view user)>;

  virtual ~Exchange() = default;
  // RFC 4422 5: does the client speak first?
  virtual bool client_first() const = 0;
  // `response` is absent at the start when the client sent no initial response.
  virtual Step step(const std::optional<std::string>& response) = 0;
};

// Nothing for an unknown mechanism. `nonce` must be fresh and printable.
// What a careless server does not look at in SCRAM; only deviations set it.
struct ScramFaults {
  bool any_nonce = false;      // or channel binding data
  bool any_proof = false;      // or none at all
  bool any_extension = false;  // takes the reserved attribute "m"
  int iterations = 4096;       // RFC 5802 5.1: at least 4096
  bool tells_errors = false;   // in a challenge, before it fails: no fault (RFC 5802 5.1 and 7)
};

std::unique_ptr<Exchange> make_exchange(std::string_view mechanism, Exchange::Lookup lookup, std::string nonce, const ScramFaults& faults = {});

}  // namespace mailspec::reference
