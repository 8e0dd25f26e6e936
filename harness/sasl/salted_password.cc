#include "harness/sasl/salted_password.h"

#include <map>
#include <tuple>

namespace mailspec::sasl {

std::string salted_password(const EVP_MD* md, std::string_view password, std::string_view salt, std::uint64_t iterations) {
  constexpr std::size_t kKept = 64;
  using Key = std::tuple<int, std::string, std::string, std::uint64_t>;
  thread_local std::map<Key, std::string> known;
  Key key{EVP_MD_get_type(md), password, salt, iterations};
  if (const auto it = known.find(key); it != known.end()) return it->second;
  std::string out(static_cast<std::size_t>(EVP_MD_get_size(md)), '\0');
  PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), reinterpret_cast<const unsigned char*>(salt.data()), static_cast<int>(salt.size()),
                    static_cast<int>(iterations), md, static_cast<int>(out.size()), reinterpret_cast<unsigned char*>(out.data()));
  if (known.size() >= kKept) known.clear();
  return known[std::move(key)] = out;
}

}  // namespace mailspec::sasl
