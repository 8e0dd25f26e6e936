// What the server under test was found to offer, before anything is judged: the ground for skips.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/pop3/reply.h"

namespace mailspec::scenario {

struct Offer {
  bool clear = false;         // a clear-text endpoint
  bool implicit_tls = false;  // a TLS endpoint
  bool capa = false;          // CAPA is answered with +OK
  pop3::CapaList before_tls, after_tls, after_login;
  bool user_refused = false;        // no CAPA, and USER did not work where AUTH PLAIN did
  bool apop = false;                // by the greeting's timestamp
  std::vector<std::string> probed;  // optional commands found by trying them, where CAPA itself is refused
  std::string greeting;
  std::set<std::string, std::less<>> features;  // granted by the run: slow, heavy, deliver, accounts:N, virtual-time ...

  // Is the feature there at all? Names: a capability tag, TAG:ARGUMENT (SASL:PLAIN, UTF8:USER), CAPA, APOP, pop3s, or a granted feature.
  bool has(std::string_view feature) const;
  // Is it there only once TLS is up?
  bool needs_tls(std::string_view feature) const;
  // Sessions must start TLS before they may log in.
  bool login_needs_tls() const;
  std::vector<std::string> tags() const;
  // Every name a scenario may require.
  static const std::vector<std::string>& vocabulary();
};

}  // namespace mailspec::scenario
