#include "harness/sasl/client.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/mime/base64.h"
#include "harness/sasl/salted_password.h"

namespace mailspec::sasl {

namespace {

std::string hash(const EVP_MD* md, std::string_view octets) {
  std::string out(static_cast<std::size_t>(EVP_MD_get_size(md)), '\0');
  EVP_Digest(octets.data(), octets.size(), reinterpret_cast<unsigned char*>(out.data()), nullptr, md, nullptr);
  return out;
}

std::string mac(const EVP_MD* md, std::string_view key, std::string_view octets) {
  std::string out(static_cast<std::size_t>(EVP_MD_get_size(md)), '\0');
  HMAC(md, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(octets.data()), octets.size(),
       reinterpret_cast<unsigned char*>(out.data()), nullptr);
  return out;
}

std::string to_hex(std::string_view octets) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    out += kHex[octet / 16];
    out += kHex[octet % 16];
  }
  return out;
}

// A digest that is almost right.
std::string spoilt(std::string digest, std::string_view fault) {
  if (fault == "cut-digest") digest.resize(8);
  if (fault == "wrong-digest") digest.back() = digest.back() == '0' ? '1' : '0';
  return digest;
}

// RFC 822 6.1 as RFC 1939 7 uses it. What may stand on either side of the "@" is not looked into.
bool is_msg_id(std::string_view text) {
  if (text.size() < 5 || !text.starts_with('<') || !text.ends_with('>')) return false;
  const auto inside = text.substr(1, text.size() - 2);
  const auto at = inside.rfind('@');
  return at != std::string_view::npos && at > 0 && at + 1 < inside.size() && inside.find_first_of("<>") == std::string_view::npos;
}

constexpr std::uint64_t kFewIterations = 4096;
constexpr int kMaxIterations = 1000000;  // a hostile server must not cost us minutes

}  // namespace

const std::vector<std::string>& Client::mechanisms() {
  static const std::vector<std::string> kAll{"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"};
  return kAll;
}

const std::vector<std::string>& Client::faults() {
  static const std::vector<std::string> kAll{"wrong-password", "other-authzid", "nul-password", "wrong-nonce",        "cut-nonce",
                                             "wrong-binding",  "wrong-proof",   "no-proof",     "reserved-attribute", "few-iterations",
                                             "cut-digest",     "wrong-digest",  "is-msg-id"};
  return kAll;
}

Client::Client(std::string mechanism, Credentials credentials, std::string nonce)
    : x_mechanism(upper(mechanism)), x_credentials(std::move(credentials)), x_nonce(std::move(nonce)) {}

Answer Client::step(int number, std::string_view challenge, std::string_view fault) {
  if (fault == "wrong-password") x_credentials.password += "-wrong";
  if (x_mechanism == "PLAIN") return plain(fault);
  if (x_mechanism == "LOGIN") return login(number, fault);
  if (x_mechanism == "CRAM-MD5") return cram(challenge, fault);
  return scram(number, challenge, fault);
}

// RFC 4616 2
Answer Client::plain(std::string_view fault) const {
  std::string message;
  if (fault == "other-authzid") message += x_credentials.other_user;
  message += '\0' + x_credentials.user + '\0' + x_credentials.password;
  if (fault == "nul-password") message += std::string(1, '\0') + "junk";
  return {message, {}};
}

Answer Client::login(int number, std::string_view fault) const {
  if (number == 1) return {x_credentials.user, {}};
  return {fault == "nul-password" ? x_credentials.password + std::string(1, '\0') + "junk" : x_credentials.password, {}};
}

// RFC 2195 2
Answer Client::cram(std::string_view challenge, std::string_view fault) const {
  const auto digest = spoilt(to_hex(mac(EVP_md5(), x_credentials.password, challenge)), fault);
  Answer answer{x_credentials.user + " " + digest, {}};
  // Not a fault of ours: what is tried here is the server's challenge.
  if (fault == "is-msg-id" && !is_msg_id(challenge))
    answer.breach = "the CRAM-MD5 challenge '" + visible(challenge, 80) + "' has not the form of a msg-id, <...@...> (RFC 2195 2)";
  if (challenge.empty()) answer.breach = "the CRAM-MD5 challenge is empty (RFC 2195 2: it holds fresh data in the form of a msg-id)";
  return answer;
}

// RFC 5802 5
Answer Client::scram(int number, std::string_view challenge, std::string_view fault) {
  const EVP_MD* md = x_mechanism == "SCRAM-SHA-1" ? EVP_sha1() : EVP_sha256();
  if (number == 1) {
    const auto name = replace_all(replace_all(x_credentials.user, "=", "=3D"), ",", "=2C");
    x_client_first = (fault == "reserved-attribute" ? "m=x," : "") + ("n=" + name) + ",r=" + x_nonce;
    return {"n,," + x_client_first, {}};
  }
  if (number == 2) {
    std::string nonce, salt;
    std::uint64_t iterations = 0;
    for (const auto& piece : split(challenge, ',')) {
      if (piece.starts_with("r=")) nonce = piece.substr(2);
      if (piece.starts_with("s=")) salt = mime::decode_base64(piece.substr(2)).value_or("");
      if (piece.starts_with("i=")) iterations = parse_number(piece.substr(2)).value_or(0);
    }
    if (!nonce.starts_with(x_nonce) || nonce.size() == x_nonce.size())
      return {{}, "the server-first-message does not extend the client's nonce (RFC 5802 5.1)"};
    if (salt.empty()) return {{}, "the server-first-message has no salt (RFC 5802 5.1)"};
    if (iterations == 0 || iterations > kMaxIterations) return {{}, "the server-first-message has no usable iteration count (RFC 5802 5.1)"};
    // Not a fault of ours: what is tried here is the server's count.
    if (fault == "few-iterations" && iterations < kFewIterations)
      return {{}, "the server announces " + std::to_string(iterations) + " iterations; RFC 5802 5.1 asks for 4096 at least"};
    x_salted = salted_password(md, x_credentials.password, salt, iterations);
    if (fault == "wrong-nonce") nonce.back() = nonce.back() == 'a' ? 'b' : 'a';
    if (fault == "cut-nonce") nonce = x_nonce;
    const std::string binding = fault == "wrong-binding" ? "eSws" : "biws";  // "y,," and "n,,"
    const std::string without_proof = "c=" + binding + ",r=" + nonce;
    if (fault == "no-proof") return {without_proof, {}};
    x_auth_message = x_client_first + "," + std::string(challenge) + "," + without_proof;
    const auto client_key = mac(md, x_salted, "Client Key");
    auto proof = mac(md, hash(md, client_key), x_auth_message);
    for (std::size_t i = 0; i < proof.size(); ++i) proof[i] = static_cast<char>(proof[i] ^ client_key[i]);
    if (fault == "wrong-proof") proof.back() = static_cast<char>(proof.back() ^ 1);
    return {without_proof + ",p=" + mime::encode_base64(proof), {}};
  }
  const auto signature = mac(md, mac(md, x_salted, "Server Key"), x_auth_message);
  // Extensions may follow (RFC 5802 7).
  if (challenge.substr(0, challenge.find(',')) != "v=" + mime::encode_base64(signature))
    return {{}, "the server's signature is wrong: it did not prove that it knows the password (RFC 5802 5.1)"};
  return {};
}

std::string apop_digest(std::string_view timestamp, std::string_view password, std::string_view fault) {
  return spoilt(to_hex(hash(EVP_md5(), std::string(timestamp) + std::string(password))), fault);
}

}  // namespace mailspec::sasl
