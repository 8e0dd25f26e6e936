#include "harness/scenario/offer.h"

#include <algorithm>
#include <array>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::scenario {

namespace {

bool listed(const pop3::CapaList& list, std::string_view feature) {
  const auto colon = feature.find(':');
  const auto* capability = pop3::find(list, feature.substr(0, colon));
  // RFC 2449 6.5: with no seconds between logins, none comes too soon.
  if (capability && feature == "LOGIN-DELAY" && !capability->params.empty() && parse_number(capability->params[0]) == 0) return false;
  if (!capability || colon == std::string_view::npos) return capability != nullptr;
  const auto argument = feature.substr(colon + 1);
  return std::ranges::any_of(capability->params, [&](const auto& p) { return iequals(p, argument); });
}

// RFC 2449 section 5: capabilities available in the AUTHORIZATION state MUST be announced in both states. So what serves there, and is announced after the
// login only (by the server behind a proxy, say), is not there.
bool is_of_authorization(std::string_view feature) {
  static constexpr std::array<std::string_view, 6> kAll{"USER", "SASL", "STLS", "UTF8", "LANG", "AUTH-RESP-CODE"};
  return std::ranges::find(kAll, feature.substr(0, feature.find(':'))) != kAll.end();
}

}  // namespace

double Pop3Offer::announced_delay() const {
  for (const auto* list : {&after_login, &before_tls}) {
    const auto* delay = pop3::find(*list, "LOGIN-DELAY");
    if (delay && !delay->params.empty()) return std::min(60.0, static_cast<double>(parse_number(delay->params[0]).value_or(0)));
  }
  return 0;
}

bool Offer::pop3_has(std::string_view feature) const {
  if (feature.starts_with("no-")) return !pop3_has(feature.substr(3));
  if (features.contains(feature)) return true;
  if (!pop3) return false;
  if (feature == "CAPA") return pop3->capa;
  if (feature == "APOP") return pop3->apop;
  if (feature == "pop3s") return pop3->implicit_tls;
  if (feature == "clear") return pop3->clear;
  if (feature == "login-needs-tls") return pop3_login_needs_tls();
  if (feature == "login-in-clear") return pop3->clear && !pop3_login_needs_tls();
  if (feature == "TLS") return pop3->implicit_tls || pop3_has("STLS");
  if (pop3->features.contains(feature)) return true;
  if (feature == "USER" && !pop3->capa) return !pop3->user_refused;  // RFC 1939: the common way; a refusal shows at login
  if (std::ranges::find(pop3->probed, feature) != pop3->probed.end()) return true;
  if (listed(pop3->before_tls, feature) || listed(pop3->after_tls, feature)) return true;
  return !is_of_authorization(feature) && listed(pop3->after_login, feature);
}

bool Offer::pop3_needs_tls(std::string_view feature) const {
  if (!pop3 || !pop3->clear) return false;  // it is up from the first octet
  // Where passwords may not cross the network in clear, whatever needs one is there only under TLS.
  const bool secret = feature == "USER" || feature == "APOP" || feature.starts_with("SASL");
  if (secret && pop3->features.contains(kLoginUnderTls) && listed(pop3->before_tls, "STLS")) return true;
  return pop3->capa && !listed(pop3->before_tls, feature) && listed(pop3->after_tls, feature);
}

bool Offer::pop3_login_needs_tls() const {
  if (!pop3 || !pop3->clear) return false;
  return pop3->features.contains(kLoginUnderTls) || (pop3_needs_tls("USER") && !listed(pop3->before_tls, "SASL:PLAIN"));
}

std::vector<std::string> Offer::tags() const {
  std::vector<std::string> out;
  if (imap) {
    for (const auto* list : {&imap->before_tls, &imap->after_tls, &imap->after_login}) out.insert(out.end(), list->begin(), list->end());
  }
  if (pop3) {
    for (const auto* list : {&pop3->before_tls, &pop3->after_tls, &pop3->after_login}) {
      for (const auto& c : *list) out.push_back(c.tag);
    }
    if (pop3->capa) out.emplace_back("CAPA");
    if (pop3->apop) out.emplace_back("APOP");
    for (const auto& p : pop3->probed) out.push_back(p);
  }
  std::ranges::sort(out);
  const auto repeated = std::ranges::unique(out);
  out.erase(repeated.begin(), repeated.end());
  return out;
}

std::string Offer::greeting() const { return pop3 ? pop3->greeting : imap ? imap->greeting : std::string(); }

const std::vector<std::string>& Offer::pop3_vocabulary() {
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
                                             Pop3Offer::kOwnOrder,
                                             Pop3Offer::kNewestFirst,
                                             "ca"};
  return kAll;
}

namespace {

bool holds(const std::vector<std::string>& list, std::string_view capability) {
  return std::ranges::any_of(list, [&](const auto& c) { return iequals(c, capability); });
}

}  // namespace

bool ImapOffer::lists_before_login(std::string_view capability) const { return holds(before_tls, capability) || holds(after_tls, capability); }

bool ImapOffer::lists(std::string_view capability) const {
  // What serves the login is announced before it.
  const auto* word = imap::find_capability(capability);
  const bool of_login = capability.starts_with("AUTH=") || (word && word->serves_login);
  return lists_before_login(capability) || (!of_login && holds(after_login, capability));
}

bool Offer::imap_has(std::string_view feature, int revision) const {
  if (!imap) return false;
  if (feature.starts_with("no-")) return !imap_has(feature.substr(3), revision);
  if (feature == "imaps") return imap->implicit_tls;
  if (feature == "clear") return imap->clear;
  if (feature == "hierarchy") return !imap->separator.empty();
  if (feature == "LOGINDISABLED") return holds(imap->before_tls, feature);
  if (feature == "login") return imap_login_needs_tls() || !holds(imap->before_tls, "LOGINDISABLED");
  if (feature == "login-needs-tls") return imap_login_needs_tls();
  if (feature == "login-in-clear") return imap->clear && !imap_login_needs_tls();
  if (feature == "TLS") return imap->implicit_tls || imap->lists("STARTTLS");
  if (feature == "preauth") return imap->preauth;
  if (feature == "AUTH") return std::ranges::any_of(imap_vocabulary(), [&](const auto& v) { return v.starts_with("AUTH=") && imap->lists(v); });
  if (const auto* word = imap::find_capability(feature)) {
    if (!word->implied_by.empty() && imap->lists(word->implied_by)) return true;
    // Before the login of a server that offers both revisions, RFC 3501 is in force.
    if (word->serves_login && imap->rev1()) return imap->lists(feature);
    if (revision == 2 && word->in_rev2) return true;
  }
  return features.contains(feature) || imap->features.contains(feature) || imap->lists(feature);
}

bool Offer::imap_needs_tls(std::string_view feature) const {
  if (!imap || !imap->clear) return false;
  if (feature == "login") return imap_login_needs_tls();
  if (feature.starts_with("AUTH=") && imap->features.contains(kLoginUnderTls)) return true;
  if (holds(imap->before_tls, feature)) return false;
  return holds(imap->after_tls, feature) && !holds(imap->after_login, feature);
}

bool Offer::imap_login_needs_tls() const {
  if (!imap || !imap->clear) return false;
  if (imap->features.contains(kLoginUnderTls)) return true;
  return holds(imap->before_tls, "LOGINDISABLED") && !holds(imap->before_tls, "AUTH=PLAIN");
}

const std::vector<std::string>& Offer::imap_vocabulary() {
  static const auto kAll = [] {
    std::vector<std::string> all;
    for (const auto& extension : imap::vocabulary()) {
      for (const auto& word : extension.capabilities) all.emplace_back(word.name);
    }
    all.insert(all.end(), {"AUTH", "imaps", "clear", "TLS", "hierarchy", "keywords", "login", "login-needs-tls", "login-in-clear", "preauth", "slow", "heavy",
                           "accounts:2", "wrong-password", "ca"});
    return all;
  }();
  return kAll;
}

}  // namespace mailspec::scenario
