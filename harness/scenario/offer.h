// What the server under test was found to offer, before anything is judged: the ground for skips.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/pop3/reply.h"

namespace mailspec::scenario {

// The IMAP side.
struct ImapOffer {
  bool clear = false, implicit_tls = false;
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

struct Offer {
  std::optional<ImapOffer> imap;
  bool pop3 = false;
  bool clear = false;         // a clear-text endpoint, on which one can log in
  bool implicit_tls = false;  // a TLS endpoint
  bool capa = false;          // CAPA is answered with +OK
  pop3::CapaList before_tls, after_tls, after_login;
  bool user_refused = false;        // no CAPA, and USER did not work where AUTH PLAIN did
  bool apop = false;                // by the greeting's timestamp
  std::vector<std::string> probed;  // optional commands found by trying them, where CAPA itself is refused
  std::string greeting;
  std::set<std::string, std::less<>> features;  // granted by the run: slow, heavy, deliver, accounts:N, virtual-time ...

  // Features of a maildrop that does not number its messages as they arrive, for which RFC 1939 4 gives no order: from the newest to the oldest, or as
  // the server likes.
  static constexpr const char* kNewestFirst = "newest-first";
  static constexpr const char* kOwnOrder = "own-order";
  // Why `deliver` or another feature is not there, where it has been tried; for reasons to skip.
  std::map<std::string, std::string, std::less<>> why_not;

  // The same of the IMAP side; under revision 2 what RFC 9051 has taken in is there.
  bool imap_has(std::string_view feature, int revision) const;
  bool imap_needs_tls(std::string_view feature) const;
  bool imap_login_needs_tls() const;
  static const std::vector<std::string>& imap_vocabulary();
  // Is the feature there at all? Names: a capability tag, TAG:ARGUMENT (SASL:PLAIN, UTF8:USER), CAPA, APOP, pop3s, or a granted feature.
  bool has(std::string_view feature) const;
  // Is it there only once TLS is up?
  bool needs_tls(std::string_view feature) const;
  // Sessions must start TLS before they may log in.
  bool login_needs_tls() const;
  std::vector<std::string> tags() const;
  bool operator==(const Offer&) const = default;
  // Every name a scenario may require.
  static const std::vector<std::string>& vocabulary();
};

}  // namespace mailspec::scenario
