#include "reference_server/policy/pop3_login.h"

#include <vector>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reference_server/mime/utf8.h"

namespace mailspec::reference::pop3 {

namespace {

// The user that a careless server takes a refused message for, "" if it refuses it as well.
std::string taken_for(const Options& options, Store& store, const std::string& response) {
  const auto fields = split(response, '\0');
  const auto right = [&](const std::string& user, const std::string& password) {
    const auto* account = store.find(user);
    return account && account->password == password;
  };
  if (fields.size() == 3 && options.fault(Fault::sasl_any_authzid) && right(fields[1], fields[2])) return fields[1];
  if (fields.size() == 3 && fields[1].empty() && options.fault(Fault::plain_authzid_is_enough) && right(fields[0], fields[2])) return fields[0];
  constexpr std::size_t kDigest = 32;
  const auto space = response.rfind(' ');
  const bool cut = space != std::string::npos && fields.size() == 1 && response.size() - space - 1 < kDigest;
  if (cut && options.fault(Fault::cram_cut_digest) && store.find(response.substr(0, space))) return response.substr(0, space);
  return {};
}

}  // namespace

std::optional<std::string> LoginPolicy::prepared(const std::string& name) const {
  if (fault(Fault::no_saslprep)) return is_utf8(name) ? std::optional(name) : std::nullopt;
  auto out = saslprep(name, false);
  if (!out && fault(is_utf8(name) ? Fault::prohibited_left_out : Fault::bad_octets_left_out)) {
    out = name;
    std::erase_if(*out, [](char c) { return (c & 0x80) != 0; });
  }
  return out;
}

bool LoginPolicy::takes_password(const Account* account, const std::string& given) const {
  if (!account || (account->apop && !fault(Fault::apop_and_pass))) return false;
  const auto password = fault(Fault::no_saslprep) ? std::optional(given) : saslprep(given, false);
  return (password && *password == account->password) || fault(Fault::login_any_password);
}

void LoginPolicy::refused(Account& account) const {
  if (fault(Fault::lock_on_failure)) account.maildrop.locked = true;
}

std::string LoginPolicy::timestamp(const std::string& nonce) const { return fault(Fault::apop_same_timestamp) ? "1896.697170952" : nonce; }

bool LoginPolicy::takes_digest(const Account& account, const std::string& timestamp, const std::string& digest) const {
  const auto expected = md5_hex(timestamp + account.password);
  if (expected.starts_with(digest) && fault(Fault::apop_compares_the_beginning)) return true;
  return digest == (fault(Fault::apop_upper_only) ? upper(expected) : expected) || fault(Fault::apop_any_digest);
}

std::string LoginPolicy::mechanism(const std::string& given) const { return fault(Fault::mechanism_case_sensitive) ? given : upper(given); }

std::string LoginPolicy::challenge_nonce(const std::string& mechanism, const std::string& nonce) const {
  return mechanism == "CRAM-MD5" && fault(Fault::cram_no_msg_id) ? nonce + "> " : nonce;
}

bool LoginPolicy::takes_early_response() const { return fault(Fault::sasl_initial_for_server_first); }
bool LoginPolicy::reads_initial_response() const { return !fault(Fault::sasl_no_initial_response); }

Exchange::Step LoginPolicy::decided(Exchange::Step step, const std::optional<std::string>& response, Store& store) const {
  if (step.kind != Exchange::Step::Kind::failure || !response) return step;
  const auto user = taken_for(x_options, store, *response);
  return user.empty() ? step : Exchange::Step{Exchange::Step::Kind::success, {}, user, {}};
}

bool LoginPolicy::is_locked(const Maildrop& maildrop) const { return maildrop.locked && !x_options.pop3.shared_maildrop && !fault(Fault::shared_lock); }

bool LoginPolicy::is_too_soon(const Maildrop& maildrop, double now) const {
  const auto delay = x_options.pop3.login_delay;
  return delay && now - maildrop.last_login < delay && !fault(Fault::delay_not_enforced);
}

bool LoginPolicy::forgets_user_at_tls() const { return !fault(Fault::keeps_user_after_tls); }

}  // namespace mailspec::reference::pop3
