#include "harness/suite/offered.h"

#include <algorithm>
#include <map>

#include "harness/result/skips.h"

namespace mailspec::suite {

using scenario::Case;

bool in_question(const Case& c, const scenario::Offer& offer) {
  if (c.speaks(scenario::Protocol::pop3) && !offer.pop3) return false;
  if (!c.imap()) return true;
  if (!offer.imap) return false;
  if (c.revision != 2) return offer.imap->rev1() || !offer.imap->rev2();
  // It may be announced after the login only.
  const bool before_login = c.state == "none" || c.state == "not-authenticated";
  return before_login && !offer.imap->preauth ? offer.imap->lists_before_login("IMAP4rev2") : offer.imap->rev2();
}

namespace {

bool has_feature(const Case& c, const scenario::Offer& offer, const std::string& feature) {
  const auto& of_pop3 = scenario::Offer::pop3_vocabulary();
  const bool pop3 = !c.imap() || (c.both() && std::ranges::find(of_pop3, feature) != of_pop3.end());
  return pop3 ? offer.pop3_has(feature) : offer.imap_has(feature, c.revision);
}

std::string why_absent(const scenario::Offer& offer, const std::string& feature) {
  if (const auto it = offer.why_not.find(feature); it != offer.why_not.end()) return it->second;
  static const std::map<std::string, std::string> kWhy{
      {"deliver", "no way to deliver messages is given: --deliver HOW, or IMAP and POP3 of the same account"},
      {"slow", "takes minutes each: --slow"},
      {"heavy", "sends much: --heavy"},
      {"accounts:2", "wants two accounts: a second --user"},
      {"wrong-password", "no account is named for wrong passwords: [[account]] with role = \"wrong-password\" in a target file"},
      {"utf8-account", "no account with a name outside ASCII is named: [[account]] with role = \"utf8\" in a target file"},
      {"apop-account", "no account with a secret for APOP is known: [[account]] with role = \"apop\" in a target file"},
      {"spaced-password", "no account with a blank in its password is named: [[account]] with role = \"spaced\" in a target file"},
      {"ca", "no CA is given to check the certificate with: --ca FILE"},
      {"clear", "no port in clear is given on which an account can log in: --imap or --pop3 HOST:PORT"},
      {"pop3s", "no POP3 port with TLS is given: --pop3s HOST:PORT"},
      {"imaps", "no IMAP port with TLS is given: --imaps HOST:PORT"},
      {"TLS", "there is no TLS: no port with it is given (--imaps, --pop3s), and STARTTLS or STLS is not offered"},
      {"login-in-clear", "the server takes no login in clear, or no port in clear is given (--imap, --pop3)"},
      {"login-needs-tls", std::string(result::kOffered) + "logins in clear"},
      {"LOGINDISABLED", std::string(result::kOffered) + "LOGIN in clear"},
      {"preauth", std::string(result::kNotOffered) + "PREAUTH"},
      {"hierarchy", std::string(result::kNotOffered) + "a hierarchy of mailboxes"},
      {"keywords", std::string(result::kNotOffered) + "keywords of one's own"},
  };
  if (const auto it = kWhy.find(feature); it != kWhy.end()) return it->second;
  return result::kNotOffered + feature;
}

}  // namespace

std::optional<std::string> reason_to_skip(const Case& c, const scenario::Offer& offer) {
  if (!in_question(c, offer)) {
    const bool no_pop3 = c.speaks(scenario::Protocol::pop3) && !offer.pop3;
    return no_pop3 ? "no POP3 port is given: --pop3 or --pop3s HOST:PORT" : result::kNotOffered + ("IMAP4rev" + std::to_string(c.revision));
  }
  for (const auto& feature : c.requires_) {
    const bool absent = feature.starts_with("no-");
    const auto name = absent ? feature.substr(3) : feature;
    if (has_feature(c, offer, name) != absent) continue;
    return absent ? result::kOffered + name : why_absent(offer, name);
  }
  if (c.endpoint == "imaps" && !offer.imap->implicit_tls) return why_absent(offer, c.endpoint);
  if (c.endpoint == "pop3s" && !offer.pop3->implicit_tls) return why_absent(offer, c.endpoint);
  if (c.speaks(scenario::Protocol::pop3) && !c.messages.empty() && !offer.pop3_has("deliver")) return why_absent(offer, "deliver");
  return {};
}

}  // namespace mailspec::suite
