// The client's side of SASL exchanges, with faults on demand: PLAIN, LOGIN, CRAM-MD5, SCRAM-SHA-1, SCRAM-SHA-256.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailspec::sasl {

struct Credentials {
  std::string user, password;
  std::string other_user;  // for the fault "other-authzid"
};

// What a step says, or why the server's challenge is no good.
struct Answer {
  std::string octets;  // not base64
  std::string breach;  // the server broke the mechanism: a sentence
};

class Client {
 public:
  // `nonce`: printable, no comma.
  Client(std::string mechanism, Credentials credentials, std::string nonce);

  // Step 1 is the first message the client sends. `challenge` is decoded; of PLAIN it is ignored.
  // SCRAM's step 3 checks the server's signature (RFC 5802 5.1) and answers with nothing.
  Answer step(int number, std::string_view challenge, std::string_view fault);

  static const std::vector<std::string>& mechanisms();
  static const std::vector<std::string>& faults();

 private:
  Answer plain(std::string_view fault) const;
  Answer login(int number, std::string_view fault) const;
  Answer cram(std::string_view challenge, std::string_view fault) const;
  Answer scram(int number, std::string_view challenge, std::string_view fault);

  std::string x_mechanism;
  Credentials x_credentials;
  std::string x_nonce, x_client_first, x_auth_message, x_salted;
};

// APOP's digest (RFC 1939 7): lower-case hexadecimal MD5 of the timestamp and the password.
std::string apop_digest(std::string_view timestamp, std::string_view password, std::string_view fault = {});

}  // namespace mailspec::sasl
