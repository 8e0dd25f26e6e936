// What the server under test was found to offer, before anything is judged: the ground for skips.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/pop3/response.h"

namespace mailspec::scenario {

// The POP3 side.
struct Pop3Offer {
  bool clear = false, implicit_tls = false;  // a clear-text endpoint, on which one can log in; a TLS endpoint
  bool capa = false;                         // CAPA is answered with +OK
  pop3::CapaList before_tls, after_tls, after_login;
  bool user_refused = false;                    // no CAPA, and USER did not work where AUTH PLAIN did
  bool apop = false;                            // by the greeting's timestamp
  std::vector<std::string> probed;              // optional commands found by trying them, where CAPA itself is refused
  std::string greeting;                         // its first line
  std::set<std::string, std::less<>> features;  // found by trying: apop-account, login-delay-enforced ...
  // Features of a maildrop that does not number its messages as they arrive: from the newest to the oldest, or as the server likes. RFC 1939 4 gives no
  // order.
  static constexpr const char* kNewestFirst = "newest-first";
  static constexpr const char* kOwnOrder = "own-order";

  // RFC 2449 6.5: seconds between two logins of an account, as LOGIN-DELAY announces them; at most 60, and 0 without it.
  double announced_delay() const;
  // The same where a probe has found it enforced; else 0.
  double login_delay() const { return features.contains("login-delay-enforced") ? announced_delay() : 0; }
  bool operator==(const Pop3Offer&) const = default;
};

// The IMAP side.
struct ImapOffer {
  bool clear = false, implicit_tls = false;                     // a clear-text endpoint, on which one can log in; a TLS endpoint
  std::vector<std::string> before_tls, after_tls, after_login;  // capabilities, as announced
  std::string greeting;
  bool preauth = false;
  std::string prefix;                           // of the personal namespace
  std::string separator;                        // of its hierarchy; "" if it has none
  std::set<std::string, std::less<>> features;  // found by trying: keywords, subscribe-missing ...
  // A feature of who refuses LOGIN, and takes AUTHENTICATE.
  static constexpr const char* kLoginRefused = "login-refused";

  bool lists(std::string_view capability) const;  // in a state in which it serves
  bool lists_before_login(std::string_view capability) const;
  bool rev1() const { return lists("IMAP4rev1"); }
  bool rev2() const { return lists("IMAP4rev2"); }
  bool operator==(const ImapOffer&) const = default;
};

// A feature of either side: passwords may not cross the network in clear, so TLS comes before the login.
inline constexpr const char* kLoginUnderTls = "login-under-tls";

struct Offer {
  std::optional<Pop3Offer> pop3;
  std::optional<ImapOffer> imap;
  std::set<std::string, std::less<>> features;  // granted by the run: slow, heavy, deliver, accounts:N, virtual-time ...
  // Why `deliver` or another feature is not there, where it has been tried; for reasons to skip.
  std::map<std::string, std::string, std::less<>> why_not;

  // Is the feature there at all? Names: a capability tag, TAG:ARGUMENT (SASL:PLAIN, UTF8:USER), CAPA, APOP, pop3s, or a granted feature.
  bool pop3_has(std::string_view feature) const;
  // The same of the IMAP side; under revision 2 what RFC 9051 has taken in is there.
  bool imap_has(std::string_view feature, int revision) const;
  // Is it there only once TLS is up?
  bool pop3_needs_tls(std::string_view feature) const;
  bool imap_needs_tls(std::string_view feature) const;
  // Sessions must start TLS before they may log in.
  bool pop3_login_needs_tls() const;
  bool imap_login_needs_tls() const;
  std::vector<std::string> tags() const;
  // As POP3 greets, where there is POP3; else as IMAP does.
  std::string greeting() const;
  bool operator==(const Offer&) const = default;
  // Every name a scenario may require.
  static const std::vector<std::string>& pop3_vocabulary();
  static const std::vector<std::string>& imap_vocabulary();
};

}  // namespace mailspec::scenario
