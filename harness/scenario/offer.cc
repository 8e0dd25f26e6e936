#include "harness/scenario/offer.h"

#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/text.h"

namespace mailspec::scenario {

namespace {

bool listed(const pop3::CapaList& list, std::string_view feature) {
  const auto colon = feature.find(':');
  const auto* capability = pop3::find(list, feature.substr(0, colon));
  if (!capability || colon == std::string_view::npos) return capability != nullptr;
  const auto argument = feature.substr(colon + 1);
  return std::ranges::any_of(capability->params, [&](const auto& p) { return iequals(p, argument); });
}

}  // namespace

bool Offer::has(std::string_view feature) const {
  if (feature.starts_with("no-")) return !has(feature.substr(3));
  if (feature == "CAPA") return capa;
  if (feature == "APOP") return apop;
  if (feature == "pop3s") return implicit_tls;
  if (feature == "clear") return clear;
  if (feature == "login-needs-tls") return login_needs_tls();
  if (feature == "login-in-clear") return clear && !login_needs_tls();
  if (feature == "TLS") return implicit_tls || has("STLS");
  if (features.contains(feature)) return true;
  if (feature == "USER" && !capa) return !user_refused;  // RFC 1939: the common way; a refusal shows at login
  if (std::ranges::find(probed, feature) != probed.end()) return true;
  return listed(before_tls, feature) || listed(after_tls, feature) || listed(after_login, feature);
}

bool Offer::needs_tls(std::string_view feature) const {  // Where passwords may not cross the network in clear, whatever needs one is there only under TLS.
  const bool secret = feature == "USER" || feature == "APOP" || feature.starts_with("SASL");
  if (secret && features.contains("login-under-tls") && listed(before_tls, "STLS")) return true;
  return capa && !listed(before_tls, feature) && listed(after_tls, feature);
}

bool Offer::login_needs_tls() const { return features.contains("login-under-tls") || (needs_tls("USER") && !listed(before_tls, "SASL:PLAIN")); }

std::vector<std::string> Offer::tags() const {
  std::vector<std::string> out;
  for (const auto* list : {&before_tls, &after_tls, &after_login}) {
    for (const auto& c : *list) out.push_back(c.tag);
  }
  if (capa) out.emplace_back("CAPA");
  if (apop) out.emplace_back("APOP");
  for (const auto& p : probed) out.push_back(p);
  std::ranges::sort(out);
  const auto repeated = std::ranges::unique(out);
  out.erase(repeated.begin(), repeated.end());
  return out;
}

const std::vector<std::string>& Offer::vocabulary() {
  static const std::vector<std::string> kAll{"CAPA",
                                             "APOP",
                                             "TOP",
                                             "UIDL",
                                             "USER",
                                             "SASL",
                                             "SASL:PLAIN",
                                             "SASL:LOGIN",
                                             "SASL:CRAM-MD5",
                                             "SASL:SCRAM-SHA-1",
                                             "SASL:SCRAM-SHA-256",
                                             "STLS",
                                             "PIPELINING",
                                             "RESP-CODES",
                                             "AUTH-RESP-CODE",
                                             "UTF8",
                                             "UTF8:USER",
                                             "LANG",
                                             "EXPIRE",
                                             "EXPIRE:NEVER",
                                             "LOGIN-DELAY",
                                             "IMPLEMENTATION",
                                             "pop3s",
                                             "clear",
                                             "TLS",
                                             "deliver",
                                             "slow",
                                             "heavy",
                                             "accounts:2",
                                             "utf8-account",
                                             "apop-account",
                                             "spaced-password",
                                             "wrong-password",
                                             "login-needs-tls",
                                             "login-in-clear",
                                             "ca"};
  return kAll;
}

}  // namespace mailspec::scenario
