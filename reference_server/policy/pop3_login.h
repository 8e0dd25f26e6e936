// Who may log in by POP3: USER and PASS, APOP (RFC 1939 7, 13), AUTH (RFC 5034), and when.
#pragma once

#include <optional>
#include <string>

#include "reference_server/policy/policy.h"
#include "reference_server/sasl/exchange.h"
#include "reference_server/store/maildrop.h"

namespace mailspec::reference::pop3 {

class LoginPolicy : public Policy {
 public:
  using Policy::Policy;

  // The prepared form of a name (RFC 6856 2.2, RFC 4013); nothing for what may not be one.
  std::optional<std::string> prepared(const std::string& name) const;
  // RFC 1939 13: an account logs in by APOP or by PASS, and not by both. `account` may be nullptr.
  bool takes_password(const Account* account, const std::string& given) const;
  // What a refused login changes: nothing.
  void refused(Account& account) const;

  // RFC 1939 7: what is unique in the greeting, between its angles.
  std::string timestamp(const std::string& nonce) const;
  bool takes_digest(const Account& account, const std::string& timestamp, const std::string& digest) const;

  // RFC 5034 5: mechanisms are known in any case.
  std::string mechanism(const std::string& given) const;
  std::string challenge_nonce(const std::string& mechanism, const std::string& nonce) const;
  // RFC 5034 4: may an initial response stand where the mechanism does not let the client speak first, and is it looked at?
  bool takes_early_response() const;
  bool reads_initial_response() const;
  // What the mechanism has decided; a careless server is content with less than it wants.
  Exchange::Step decided(Exchange::Step step, const std::optional<std::string>& response, Store& store) const;

  // RFC 1939 4: one session has the maildrop.
  bool is_locked(const Maildrop& maildrop) const;
  // RFC 2449 6.5: `now` in seconds.
  bool is_too_soon(const Maildrop& maildrop, double now) const;
  // RFC 2595 4: nothing that was said before TLS counts after it.
  bool forgets_user_at_tls() const;
};

}  // namespace mailspec::reference::pop3
