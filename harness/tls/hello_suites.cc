// The cipher suites by family, as RFC 9325 section 4.1 tells them apart. Numbers and names are IANA's.
#include <algorithm>
#include <cstdio>

#include "harness/tls/hello.h"

namespace mailspec::tls {

namespace {

struct Suite {
  std::uint16_t number;
  const char* family;
  const char* name;  // without "TLS_"
};

constexpr Suite kSuites[] = {
    {0x0001, "null", "RSA_WITH_NULL_MD5"},
    {0x0002, "null", "RSA_WITH_NULL_SHA"},
    {0x003B, "null", "RSA_WITH_NULL_SHA256"},
    {0x002C, "null", "PSK_WITH_NULL_SHA"},
    {0x002D, "null", "DHE_PSK_WITH_NULL_SHA"},
    {0x002E, "null", "RSA_PSK_WITH_NULL_SHA"},
    {0xC001, "null", "ECDH_ECDSA_WITH_NULL_SHA"},
    {0xC006, "null", "ECDHE_ECDSA_WITH_NULL_SHA"},
    {0xC00B, "null", "ECDH_RSA_WITH_NULL_SHA"},
    {0xC010, "null", "ECDHE_RSA_WITH_NULL_SHA"},
    {0x0018, "anonymous", "DH_anon_WITH_RC4_128_MD5"},
    {0x001B, "anonymous", "DH_anon_WITH_3DES_EDE_CBC_SHA"},
    {0x0034, "anonymous", "DH_anon_WITH_AES_128_CBC_SHA"},
    {0x003A, "anonymous", "DH_anon_WITH_AES_256_CBC_SHA"},
    {0x006C, "anonymous", "DH_anon_WITH_AES_128_CBC_SHA256"},
    {0x006D, "anonymous", "DH_anon_WITH_AES_256_CBC_SHA256"},
    {0x00A6, "anonymous", "DH_anon_WITH_AES_128_GCM_SHA256"},
    {0x00A7, "anonymous", "DH_anon_WITH_AES_256_GCM_SHA384"},
    {0xC015, "anonymous", "ECDH_anon_WITH_NULL_SHA"},
    {0xC016, "anonymous", "ECDH_anon_WITH_RC4_128_SHA"},
    {0xC017, "anonymous", "ECDH_anon_WITH_3DES_EDE_CBC_SHA"},
    {0xC018, "anonymous", "ECDH_anon_WITH_AES_128_CBC_SHA"},
    {0xC019, "anonymous", "ECDH_anon_WITH_AES_256_CBC_SHA"},
    {0x0004, "rc4", "RSA_WITH_RC4_128_MD5"},
    {0x0005, "rc4", "RSA_WITH_RC4_128_SHA"},
    {0xC002, "rc4", "ECDH_ECDSA_WITH_RC4_128_SHA"},
    {0xC007, "rc4", "ECDHE_ECDSA_WITH_RC4_128_SHA"},
    {0xC00C, "rc4", "ECDH_RSA_WITH_RC4_128_SHA"},
    {0xC011, "rc4", "ECDHE_RSA_WITH_RC4_128_SHA"},
    {0x0003, "weak", "RSA_EXPORT_WITH_RC4_40_MD5"},
    {0x0006, "weak", "RSA_EXPORT_WITH_RC2_CBC_40_MD5"},
    {0x0008, "weak", "RSA_EXPORT_WITH_DES40_CBC_SHA"},
    {0x0009, "weak", "RSA_WITH_DES_CBC_SHA"},
    {0x000B, "weak", "DH_DSS_EXPORT_WITH_DES40_CBC_SHA"},
    {0x000C, "weak", "DH_DSS_WITH_DES_CBC_SHA"},
    {0x000E, "weak", "DH_RSA_EXPORT_WITH_DES40_CBC_SHA"},
    {0x000F, "weak", "DH_RSA_WITH_DES_CBC_SHA"},
    {0x0011, "weak", "DHE_DSS_EXPORT_WITH_DES40_CBC_SHA"},
    {0x0012, "weak", "DHE_DSS_WITH_DES_CBC_SHA"},
    {0x0014, "weak", "DHE_RSA_EXPORT_WITH_DES40_CBC_SHA"},
    {0x0015, "weak", "DHE_RSA_WITH_DES_CBC_SHA"},
    {0x000A, "3des", "RSA_WITH_3DES_EDE_CBC_SHA"},
    {0x000D, "3des", "DH_DSS_WITH_3DES_EDE_CBC_SHA"},
    {0x0010, "3des", "DH_RSA_WITH_3DES_EDE_CBC_SHA"},
    {0x0013, "3des", "DHE_DSS_WITH_3DES_EDE_CBC_SHA"},
    {0x0016, "3des", "DHE_RSA_WITH_3DES_EDE_CBC_SHA"},
    {0xC003, "3des", "ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA"},
    {0xC008, "3des", "ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA"},
    {0xC00D, "3des", "ECDH_RSA_WITH_3DES_EDE_CBC_SHA"},
    {0xC012, "3des", "ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"},
    {0x002F, "rsa", "RSA_WITH_AES_128_CBC_SHA"},
    {0x0035, "rsa", "RSA_WITH_AES_256_CBC_SHA"},
    {0x003C, "rsa", "RSA_WITH_AES_128_CBC_SHA256"},
    {0x003D, "rsa", "RSA_WITH_AES_256_CBC_SHA256"},
    {0x0041, "rsa", "RSA_WITH_CAMELLIA_128_CBC_SHA"},
    {0x0084, "rsa", "RSA_WITH_CAMELLIA_256_CBC_SHA"},
    {0x009C, "rsa", "RSA_WITH_AES_128_GCM_SHA256"},
    {0x009D, "rsa", "RSA_WITH_AES_256_GCM_SHA384"},
    {0xC09C, "rsa", "RSA_WITH_AES_128_CCM"},
    {0xC09D, "rsa", "RSA_WITH_AES_256_CCM"},
    {0x0030, "static", "DH_DSS_WITH_AES_128_CBC_SHA"},
    {0x0031, "static", "DH_RSA_WITH_AES_128_CBC_SHA"},
    {0x0036, "static", "DH_DSS_WITH_AES_256_CBC_SHA"},
    {0x0037, "static", "DH_RSA_WITH_AES_256_CBC_SHA"},
    {0x003E, "static", "DH_DSS_WITH_AES_128_CBC_SHA256"},
    {0x003F, "static", "DH_RSA_WITH_AES_128_CBC_SHA256"},
    {0x00A0, "static", "DH_RSA_WITH_AES_128_GCM_SHA256"},
    {0x00A1, "static", "DH_RSA_WITH_AES_256_GCM_SHA384"},
    {0xC004, "static", "ECDH_ECDSA_WITH_AES_128_CBC_SHA"},
    {0xC005, "static", "ECDH_ECDSA_WITH_AES_256_CBC_SHA"},
    {0xC00E, "static", "ECDH_RSA_WITH_AES_128_CBC_SHA"},
    {0xC00F, "static", "ECDH_RSA_WITH_AES_256_CBC_SHA"},
    {0xC02D, "static", "ECDH_ECDSA_WITH_AES_128_GCM_SHA256"},
    {0xC02E, "static", "ECDH_ECDSA_WITH_AES_256_GCM_SHA384"},
    {0xC031, "static", "ECDH_RSA_WITH_AES_128_GCM_SHA256"},
    {0xC032, "static", "ECDH_RSA_WITH_AES_256_GCM_SHA384"},
    {0x0033, "dhe", "DHE_RSA_WITH_AES_128_CBC_SHA"},
    {0x0039, "dhe", "DHE_RSA_WITH_AES_256_CBC_SHA"},
    {0x0067, "dhe", "DHE_RSA_WITH_AES_128_CBC_SHA256"},
    {0x006B, "dhe", "DHE_RSA_WITH_AES_256_CBC_SHA256"},
    {0x009E, "dhe", "DHE_RSA_WITH_AES_128_GCM_SHA256"},
    {0x009F, "dhe", "DHE_RSA_WITH_AES_256_GCM_SHA384"},
    {0xCCAA, "dhe", "DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
    {0xC009, "cbc", "ECDHE_ECDSA_WITH_AES_128_CBC_SHA"},
    {0xC00A, "cbc", "ECDHE_ECDSA_WITH_AES_256_CBC_SHA"},
    {0xC013, "cbc", "ECDHE_RSA_WITH_AES_128_CBC_SHA"},
    {0xC014, "cbc", "ECDHE_RSA_WITH_AES_256_CBC_SHA"},
    {0xC023, "cbc", "ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"},
    {0xC024, "cbc", "ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"},
    {0xC027, "cbc", "ECDHE_RSA_WITH_AES_128_CBC_SHA256"},
    {0xC028, "cbc", "ECDHE_RSA_WITH_AES_256_CBC_SHA384"},
    {0xC02F, "strong", "ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
    {0xC02B, "strong", "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
    {0xC030, "strong", "ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
    {0xC02C, "strong", "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"},
    {0xCCA8, "strong", "ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
    {0xCCA9, "strong", "ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"},
    {0xC0AC, "strong", "ECDHE_ECDSA_WITH_AES_128_CCM"},
    {0xC0AD, "strong", "ECDHE_ECDSA_WITH_AES_256_CCM"},
};

const Suite* find(std::uint16_t number) {
  const auto* it = std::ranges::find(kSuites, number, &Suite::number);
  return it == std::end(kSuites) ? nullptr : it;
}

}  // namespace

std::vector<std::uint16_t> suites_of(std::string_view family) {
  std::vector<std::uint16_t> out;
  for (const auto& suite : kSuites) {
    if (suite.family == family || suite_name(suite.number) == family) out.push_back(suite.number);
  }
  return out;
}

const std::vector<std::string>& suite_families() {
  static const auto families = [] {
    std::vector<std::string> out;
    for (const auto& suite : kSuites) {
      if (out.empty() || out.back() != suite.family) out.emplace_back(suite.family);
    }
    return out;
  }();
  return families;
}

std::string_view family_of(std::uint16_t suite) {
  const auto* s = find(suite);
  return s ? s->family : "";
}

std::string suite_name(std::uint16_t suite) {
  if (const auto* s = find(suite)) return std::string("TLS_") + s->name;
  char text[8];
  std::snprintf(text, sizeof text, "0x%04X", static_cast<unsigned>(suite));
  return text;
}

}  // namespace mailspec::tls
