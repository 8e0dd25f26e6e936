#include "reference_server/sasl/exchange.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stringprep.h>

#include <cstdlib>

#include "harness/base/ascii.h"
#include "harness/base/planted.h"
#include "harness/base/text.h"
#include "reference_server/mime/base64.h"
#include "reference_server/mime/utf8.h"
#include "reference_server/sasl/salted_password.h"

namespace mailspec::reference {

namespace {

std::string digest(const EVP_MD* md, std::string_view octets) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(octets.data(), octets.size(), out, &size, md, nullptr);
  return {reinterpret_cast<char*>(out), size};
}

std::string hmac(const EVP_MD* md, std::string_view key, std::string_view octets) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(md, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(octets.data()), octets.size(), out, &size);
  return {reinterpret_cast<char*>(out), size};
}

std::string hex(std::string_view octets) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (char c : octets) out += {kHex[static_cast<unsigned char>(c) >> 4], kHex[static_cast<unsigned char>(c) & 15]};
  return out;
}

using Step = Exchange::Step;

Step challenge(std::string text) { return {Step::Kind::challenge, std::move(text), {}, {}}; }
Step success(std::string user) { return {Step::Kind::success, {}, std::move(user), {}}; }
Step failure(std::string why) { return {Step::Kind::failure, {}, {}, std::move(why)}; }

// RFC 4616: message = [authzid] NUL authcid NUL passwd
class Plain : public Exchange {
 public:
  explicit Plain(Lookup lookup) : x_lookup(std::move(lookup)) {}
  bool client_first() const override { return true; }
  Step step(const std::optional<std::string>& response) override {
    if (!response) return challenge("");
    const auto fields = split(*response, '\0');
    if (fields.size() != 3 || fields[1].empty() || fields[2].empty()) return failure("malformed message");
    const auto user = saslprep(fields[1], false), password = saslprep(fields[2], false);
    if (!user || !password) return failure("malformed message");
    if (!fields[0].empty() && saslprep(fields[0], false) != user) return failure("not authorized to act as that user");
    const auto known = x_lookup(*user);
    const bool right = known && (planted("plain-password-prefix") ? known->starts_with(*password) : *known == *password);
    if (!right) return failure("wrong user or password");
    return success(*user);
  }

 private:
  Lookup x_lookup;
};

// RFC 4422 appendix A: who the client is was told outside of SASL, by its certificate. Nobody's is accepted here.
class External : public Exchange {
 public:
  bool client_first() const override { return true; }
  Step step(const std::optional<std::string>& response) override { return response ? failure("no certificate") : challenge(""); }
};

// The LOGIN mechanism, as draft-murchison-sasl-login describes it: no initial response.
class Login : public Exchange {
 public:
  explicit Login(Lookup lookup) : x_lookup(std::move(lookup)) {}
  bool client_first() const override { return false; }
  Step step(const std::optional<std::string>& response) override {
    if (!response) return challenge("Username:");
    if (!x_user) {
      x_user = saslprep(*response, false).value_or("");
      return challenge("Password:");
    }
    const auto known = x_lookup(*x_user);
    const auto password = saslprep(*response, false);
    if (!known || !password || *known != *password) return failure("wrong user or password");
    return success(*x_user);
  }

 private:
  Lookup x_lookup;
  std::optional<std::string> x_user;
};

// RFC 2195: user SP hex(HMAC-MD5(password, challenge))
class CramMd5 : public Exchange {
 public:
  CramMd5(Lookup lookup, std::string nonce) : x_lookup(std::move(lookup)), x_challenge("<" + std::move(nonce) + "@localhost>") {}
  bool client_first() const override { return false; }
  Step step(const std::optional<std::string>& response) override {
    if (!response) return challenge(x_challenge);
    const auto space = response->rfind(' ');
    if (space == std::string::npos) return failure("malformed message");
    const std::string user = response->substr(0, space);
    const auto known = x_lookup(user);
    if (!known || hex(hmac(EVP_md5(), *known, x_challenge)) != response->substr(space + 1)) return failure("wrong user or password");
    return success(user);
  }

 private:
  Lookup x_lookup;
  std::string x_challenge;
};

// RFC 5802 5 and 7, without channel binding.
class Scram : public Exchange {
 public:
  Scram(Lookup lookup, std::string nonce, const EVP_MD* md, const ScramFaults& faults)
      : x_lookup(std::move(lookup)), x_nonce(std::move(nonce)), x_md(md), x_faults(faults) {}
  bool client_first() const override { return true; }
  Step step(const std::optional<std::string>& response) override {
    if (!response) return challenge("");
    if (!x_failed.empty()) return failure(x_failed);
    switch (x_stage++) {
      case 0: return first(*response);
      case 1: return told(last(*response));
      default: return response->empty() ? success(x_user) : failure("malformed message");
    }
  }

  // RFC 5802 5.1 and 7: a server-final-message may say what was wrong, before the exchange fails.
  Step told(Step step) {
    if (step.kind != Step::Kind::failure || !x_faults.tells_errors) return step;
    x_failed = step.why;
    const bool bindings = step.why.starts_with("channel bindings"), proof = step.why.starts_with("wrong");
    return challenge(std::string("e=") + (bindings ? "channel-bindings-dont-match" : proof ? "invalid-proof" : "other-error"));
  }

 private:
  Step first(const std::string& message) {
    auto pieces = split(message, ',');
    // RFC 5802 5.1: "m" is reserved, and its presence is a failure.
    if (pieces.size() > 2 && pieces[2].starts_with("m=")) {
      if (!x_faults.any_extension) return failure("an extension that is not known");
      pieces.erase(pieces.begin() + 2);
    }
    // gs2-header: "n" or "y", then an optional authzid; no extension is known here.
    if (pieces.size() < 4 || (pieces[0] != "n" && pieces[0] != "y")) return failure("malformed message");
    if (!pieces[1].empty() && !pieces[1].starts_with("a=")) return failure("malformed message");
    if (!pieces[2].starts_with("n=") || !pieces[3].starts_with("r=") || pieces[3].size() < 3) return failure("malformed message");
    const std::string name = replace_all(replace_all(pieces[2].substr(2), "=2C", ","), "=3D", "=");
    const auto user = saslprep(name, false);
    if (!user) return failure("malformed message");
    if (!pieces[1].empty() && pieces[1].substr(2) != pieces[2].substr(2)) return failure("not authorized to act as that user");
    x_user = *user;
    x_gs2 = pieces[0] + "," + pieces[1] + ",";
    x_client_first = message.substr(x_gs2.size());
    x_nonce = pieces[3].substr(2) + x_nonce;
    x_salt = digest(EVP_sha256(), "salt " + x_user).substr(0, 16);
    x_server_first = "r=" + x_nonce + ",s=" + base64_encode(x_salt) + ",i=" + std::to_string(x_faults.iterations);
    return challenge(x_server_first);
  }

  Step last(const std::string& message) {
    const auto proof_at = message.rfind(",p=");
    const auto pieces = split(message, ',');
    if (x_faults.any_proof) return x_lookup(x_user) ? success(x_user) : failure("wrong user or password");
    if (proof_at == std::string::npos || pieces.size() < 3) return failure("malformed message");
    if (pieces[0] != "c=" + base64_encode(x_gs2) && !x_faults.any_nonce) return failure("channel bindings do not match");
    if (pieces[1] != "r=" + x_nonce && !x_faults.any_nonce) return failure("the nonce is not the one agreed");
    const auto proof = base64_decode(message.substr(proof_at + 3));
    const auto known = x_lookup(x_user);
    if (!proof || !known) return failure("wrong user or password");
    const auto key = salted_password(x_md, *known, x_salt, x_faults.iterations);
    const std::string client_key = hmac(x_md, key, "Client Key");
    const std::string auth = x_client_first + "," + x_server_first + "," + message.substr(0, proof_at);
    std::string expected = hmac(x_md, digest(x_md, client_key), auth);
    for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = static_cast<char>(expected[i] ^ client_key[i]);
    if (*proof != expected) return failure("wrong user or password");
    return challenge("v=" + base64_encode(hmac(x_md, hmac(x_md, key, "Server Key"), auth)));
  }

  Lookup x_lookup;
  std::string x_nonce;
  const EVP_MD* x_md;
  ScramFaults x_faults;
  int x_stage = 0;
  std::string x_failed;  // why, once it has been told
  std::string x_user, x_gs2, x_client_first, x_server_first, x_salt;
};

}  // namespace

std::string md5_hex(std::string_view octets) { return hex(digest(EVP_md5(), octets)); }

std::optional<std::string> saslprep(std::string_view text, bool stored) {
  if (text.find('\0') != std::string_view::npos || !is_utf8(text)) return std::nullopt;
  char* out = nullptr;
  const auto flags = static_cast<Stringprep_profile_flags>(stored ? STRINGPREP_NO_UNASSIGNED : 0);
  if (stringprep_profile(std::string(text).c_str(), &out, "SASLprep", flags) != STRINGPREP_OK) return std::nullopt;
  std::string prepared(out);
  std::free(out);  // libidn allocates with malloc
  return prepared;
}

std::unique_ptr<Exchange> make_exchange(std::string_view mechanism, Exchange::Lookup lookup, std::string nonce, const ScramFaults& faults) {
  const std::string name = upper(mechanism);
  if (name == "PLAIN") return std::make_unique<Plain>(std::move(lookup));
  if (name == "LOGIN") return std::make_unique<Login>(std::move(lookup));
  if (name == "EXTERNAL") return std::make_unique<External>();
  if (name == "CRAM-MD5") return std::make_unique<CramMd5>(std::move(lookup), std::move(nonce));
  if (name == "SCRAM-SHA-1") return std::make_unique<Scram>(std::move(lookup), std::move(nonce), EVP_sha1(), faults);
  if (name == "SCRAM-SHA-256") return std::make_unique<Scram>(std::move(lookup), std::move(nonce), EVP_sha256(), faults);
  return nullptr;
}

}  // namespace mailspec::reference
