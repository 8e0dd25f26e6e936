// SCRAM's salted password (RFC 5802 section 2.2: Hi), kept for those who log in again and again, as section 5.1 allows.
#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace mailspec::sasl {

// As long as the digest. The last 64 asked for on this thread are kept.
std::string salted_password(const EVP_MD* md, std::string_view password, std::string_view salt, std::uint64_t iterations);

}  // namespace mailspec::sasl
