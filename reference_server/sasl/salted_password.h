// SCRAM's SaltedPassword (RFC 5802 section 3), which a server keeps for its accounts (section 5.1).
#pragma once

#include <openssl/evp.h>

#include <string>

namespace mailspec::reference {

std::string salted_password(const EVP_MD* md, const std::string& password, const std::string& salt, int iterations);

}  // namespace mailspec::reference
