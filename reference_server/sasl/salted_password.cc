#include "reference_server/sasl/salted_password.h"

#include <map>
#include <utility>

namespace mailspec::reference {

namespace {
std::string hi(const EVP_MD* md, const std::string& password, const std::string& salt, int iterations) {
  std::string out(static_cast<std::size_t>(EVP_MD_get_size(md)), '\0');
  PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), reinterpret_cast<const unsigned char*>(salt.data()), static_cast<int>(salt.size()),
                    iterations, md, static_cast<int>(out.size()), reinterpret_cast<unsigned char*>(out.data()));
  return out;
}
}  // namespace

std::string salted_password(const EVP_MD* md, const std::string& password, const std::string& salt, int iterations) {
  // One account logs in many times: 64 are more than there are accounts.
  thread_local std::map<std::string, std::string> made;
  const auto key = std::to_string(EVP_MD_get_type(md)) + ' ' + std::to_string(iterations) + ' ' + std::to_string(salt.size()) + ' ' + salt + password;
  if (made.size() > 64) made.clear();
  auto& out = made[key];
  if (out.empty()) out = hi(md, password, salt, iterations);
  return out;
}

}  // namespace mailspec::reference
