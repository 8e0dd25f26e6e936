#include "harness/tls/hello.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <memory>

namespace mailspec::tls {
namespace {

HelloAnswer answer_to(std::string_view octets) {
  HelloReader reader(true);
  reader.feed(octets);
  reader.ended();
  return reader.answer();
}

std::string record(int type, const std::string& body) {
  return std::string{static_cast<char>(type), 3, 3, static_cast<char>(body.size() >> 8), static_cast<char>(body.size())} + body;
}

std::string message(int type, const std::string& body) {
  return std::string{static_cast<char>(type), 0, static_cast<char>(body.size() >> 8), static_cast<char>(body.size())} + body;
}

std::string server_hello(std::uint16_t suite, char compression = 0) {
  return message(2, "\x03\x03" + std::string(32, 'r') + std::string(1, '\0') + static_cast<char>(suite >> 8) + static_cast<char>(suite) + compression);
}

// What a server of OpenSSL makes of our hello: the other witness.
HelloAnswer openssl_answers(const Hello& hello, const char* ciphers) {
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_cipher_list(context.get(), ciphers);
  SSL_CTX_set_dh_auto(context.get(), 1);
  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_RSA_gen(2048), EVP_PKEY_free);
  std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -100);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 1000);
  X509_set_pubkey(certificate.get(), key.get());
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  SSL_CTX_use_certificate(context.get(), certificate.get());
  SSL_CTX_use_PrivateKey(context.get(), key.get());
  std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context.get()), SSL_free);
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl.get(), in, out);
  const auto octets = client_hello(hello);
  BIO_write(in, octets.data(), static_cast<int>(octets.size()));
  SSL_accept(ssl.get());
  std::string said(BIO_ctrl_pending(out), '\0');
  if (!said.empty()) BIO_read(out, said.data(), static_cast<int>(said.size()));
  return answer_to(said);
}

TEST(Hello, IsUnderstoodByOpenSsl) {
  const auto strong = openssl_answers({.suites = suites_of("strong"), .host = "mail.example"}, "ALL:@SECLEVEL=0");
  EXPECT_EQ(strong.kind, HelloAnswer::Kind::chosen);
  EXPECT_EQ(family_of(strong.suite), "strong");
  EXPECT_EQ(strong.version, 0x0303);
  EXPECT_TRUE(strong.renegotiation_info);
  EXPECT_TRUE(strong.extended_master_secret);
  EXPECT_FALSE(strong.compressed);
  EXPECT_EQ(strong.curve, 29);  // x25519, the first that is offered
  EXPECT_FALSE(is_small_curve(strong.curve));

  const auto cbc = openssl_answers({.suites = suites_of("cbc")}, "ALL:@SECLEVEL=0");
  EXPECT_EQ(family_of(cbc.suite), "cbc");
  EXPECT_TRUE(cbc.encrypt_then_mac);

  const auto rsa = openssl_answers({.suites = suites_of("rsa")}, "ALL:@SECLEVEL=0");
  EXPECT_EQ(family_of(rsa.suite), "rsa") << suite_name(rsa.suite);

  const auto null = openssl_answers({.suites = suites_of("null")}, "eNULL:@SECLEVEL=0");
  EXPECT_EQ(family_of(null.suite), "null");

  const auto anonymous = openssl_answers({.suites = suites_of("anonymous")}, "aNULL:@SECLEVEL=0");
  EXPECT_EQ(family_of(anonymous.suite), "anonymous");
}

TEST(Hello, TellsTheGroupOfDhe) {
  const auto dhe = openssl_answers({.suites = suites_of("dhe")}, "kDHE:@SECLEVEL=0");
  EXPECT_EQ(family_of(dhe.suite), "dhe");
  EXPECT_GE(dhe.dh_bits, 1024);
}

TEST(Hello, IsRefusedByAlert) {
  const auto refused = openssl_answers({.suites = suites_of("rc4")}, "ECDHE+AESGCM");
  EXPECT_EQ(refused.kind, HelloAnswer::Kind::refused);
  EXPECT_EQ(refused.how, "alert 40");
  EXPECT_EQ(openssl_answers({.version = HelloVersion::ssl3, .suites = suites_of("rsa")}, "ALL").kind, HelloAnswer::Kind::refused);
  EXPECT_EQ(openssl_answers({.version = HelloVersion::ssl2}, "ALL").kind, HelloAnswer::Kind::refused);
  EXPECT_EQ(openssl_answers({.suites = suites_of("strong"), .small_curves = true}, "ECDHE").kind, HelloAnswer::Kind::refused);
}

TEST(Hello, AnOlderVersionIsToldAsChosen) {
  const auto old = openssl_answers({.version = HelloVersion::tls1_0, .suites = suites_of("cbc")}, "ALL:@SECLEVEL=0");
  EXPECT_EQ(old.kind, HelloAnswer::Kind::chosen);
  EXPECT_EQ(old.version, 0x0301);
}

TEST(Hello, AnAnswerThatIsNoTlsIsToldApart) {
  EXPECT_EQ(answer_to("* BAD what?\r\n").kind, HelloAnswer::Kind::no_tls);
  EXPECT_EQ(answer_to("").kind, HelloAnswer::Kind::refused);
  EXPECT_EQ(answer_to("").how, "closed");
  EXPECT_EQ(answer_to(record(22, message(2, "cut"))).kind, HelloAnswer::Kind::no_tls);
  EXPECT_EQ(answer_to(record(22, message(11, "no hello"))).kind, HelloAnswer::Kind::no_tls);
}

TEST(Hello, AWarningEndsNothing) {
  const auto answer = answer_to(record(21, "\x01\x70") + record(22, server_hello(0x0005, 1)));
  EXPECT_EQ(answer.kind, HelloAnswer::Kind::chosen);
  EXPECT_EQ(suite_name(answer.suite), "TLS_RSA_WITH_RC4_128_SHA");
  EXPECT_TRUE(answer.compressed);
  EXPECT_FALSE(answer.renegotiation_info);
}

TEST(Hello, AFloodIsBounded) {
  HelloReader reader;
  const auto empty = record(22, "");
  for (int i = 0; i < 100000 && !reader.done(); ++i) reader.feed(empty);
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(reader.answer().kind, HelloAnswer::Kind::no_tls);
}

TEST(Hello, SuitesAreInOneFamilyEach) {
  for (const auto& family : suite_families()) {
    for (const auto suite : suites_of(family)) EXPECT_EQ(family_of(suite), family) << suite_name(suite);
  }
  EXPECT_EQ(suite_name(0x1301), "0x1301");
  EXPECT_EQ(suites_of("TLS_RSA_WITH_RC4_128_SHA"), std::vector<std::uint16_t>{0x0005});
  EXPECT_TRUE(suites_of("TLS_NONSENSE").empty());
}

}  // namespace
}  // namespace mailspec::tls
