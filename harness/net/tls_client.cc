#include "harness/net/tls_client.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cctype>
#include <chrono>
#include <utility>

namespace mailspec::net {

namespace {

int number_of(TlsVersion version) {
  switch (version) {
    case TlsVersion::tls1_0: return TLS1_VERSION;
    case TlsVersion::tls1_1: return TLS1_1_VERSION;
    case TlsVersion::tls1_2: return TLS1_2_VERSION;
    case TlsVersion::tls1_3: return TLS1_3_VERSION;
  }
  return TLS1_2_VERSION;
}

bool is_address(const std::string& host) {
  return host.find(':') != std::string::npos || (!host.empty() && host.find_first_not_of("0123456789.") == std::string::npos);
}

// `ours`: it was not the peer that gave up, by an alert or an end.
std::string last_error(bool& ours) {
  constexpr int kAlerts = 1000;  // SSL_AD_REASON_OFFSET: reasons from there are alerts that came
  char text[256];
  const auto code = ERR_get_error();
  ours = code && ERR_GET_REASON(code) < kAlerts;
  if (!code) return "the peer ended the handshake";
  ERR_error_string_n(code, text, sizeof text);
  return text;
}

}  // namespace

struct TlsClient::State {
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  std::unique_ptr<SSL, void (*)(SSL*)> ssl{nullptr, SSL_free};
  BIO* in = nullptr;
  BIO* out = nullptr;
  std::string host;
  bool failed = false, broken = false, closed = false, asked = false;
  std::string plaintext, trouble;

  void pump() {
    if (failed || closed) return;
    ERR_clear_error();
    if (!SSL_is_init_finished(ssl.get())) {
      const int r = SSL_do_handshake(ssl.get());
      if (r != 1) {
        const int e = SSL_get_error(ssl.get(), r);
        if (e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE) {
          failed = true;
          trouble = last_error(broken);
        }
        return;
      }
    }
    char buffer[16 * 1024];
    for (;;) {
      const int n = SSL_read(ssl.get(), buffer, sizeof buffer);
      if (n > 0) {
        plaintext.append(buffer, static_cast<std::size_t>(n));
        continue;
      }
      const int e = SSL_get_error(ssl.get(), n);
      if (e == SSL_ERROR_ZERO_RETURN) {
        closed = true;
      } else if (e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE) {
        failed = true;
        trouble = last_error(broken);
      }
      return;
    }
  }
};

TlsClient::TlsClient(const TlsTrust& trust, const TlsWish& wish) : x(std::make_unique<State>()) {
  SSL_CTX* c = x->context.get();
  x->host = trust.host;
  SSL_CTX_set_min_proto_version(c, number_of(wish.min));
  SSL_CTX_set_max_proto_version(c, number_of(wish.max));
  if (wish.min < TlsVersion::tls1_2) {
    // OpenSSL's own limits would hide what the server accepts.
    SSL_CTX_set_security_level(c, 0);
    SSL_CTX_set_cipher_list(c, "ALL:@SECLEVEL=0");
  }
  // Verification never stops the handshake: its outcome is data. How strong the keys are is not a matter of the chain.
  SSL_CTX_set_verify(c, SSL_VERIFY_NONE, nullptr);
  if (trust.ca_pem.empty()) {
    SSL_CTX_set_default_verify_paths(c);
  } else {
    std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new_mem_buf(trust.ca_pem.data(), static_cast<int>(trust.ca_pem.size())), BIO_free);
    while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
      X509_STORE_add_cert(SSL_CTX_get_cert_store(c), certificate);
      X509_free(certificate);
    }
    ERR_clear_error();
  }
  x->ssl.reset(SSL_new(c));
  X509_VERIFY_PARAM_set_auth_level(SSL_get0_param(x->ssl.get()), 0);
  SSL_set_app_data(x->ssl.get(), x.get());
  // Called when, and only when, the server asks for a certificate.
  SSL_CTX_set_client_cert_cb(c, [](SSL* ssl, X509**, EVP_PKEY**) {
    static_cast<State*>(SSL_get_app_data(ssl))->asked = true;
    return 0;
  });
  x->in = BIO_new(BIO_s_mem());
  x->out = BIO_new(BIO_s_mem());
  SSL_set_bio(x->ssl.get(), x->in, x->out);  // owns both
  if (!is_address(trust.host)) SSL_set_tlsext_host_name(x->ssl.get(), trust.host.c_str());
  if (!wish.alpn.empty()) {
    const auto list = static_cast<char>(wish.alpn.size()) + wish.alpn;
    SSL_set_alpn_protos(x->ssl.get(), reinterpret_cast<const unsigned char*>(list.data()), static_cast<unsigned>(list.size()));
  }
  SSL_set_connect_state(x->ssl.get());
  x->pump();
}

TlsClient::~TlsClient() = default;

void TlsClient::feed(std::string_view ciphertext) {
  if (!ciphertext.empty()) BIO_write(x->in, ciphertext.data(), static_cast<int>(ciphertext.size()));
  x->pump();
}

std::string TlsClient::take_plaintext() { return std::exchange(x->plaintext, {}); }

void TlsClient::write(std::string_view plaintext) {
  if (!plaintext.empty() && !x->failed) SSL_write(x->ssl.get(), plaintext.data(), static_cast<int>(plaintext.size()));
}

std::string TlsClient::take_ciphertext() {
  std::string out(static_cast<std::size_t>(BIO_ctrl_pending(x->out)), '\0');
  if (!out.empty()) BIO_read(x->out, out.data(), static_cast<int>(out.size()));
  return out;
}

bool TlsClient::established() const { return SSL_is_init_finished(x->ssl.get()) != 0; }
bool TlsClient::failed() const { return x->failed; }
bool TlsClient::broken() const { return x->broken; }
bool TlsClient::closed() const { return x->closed; }
std::string TlsClient::trouble() const { return x->trouble; }
void TlsClient::shutdown() {
  if (established() && !x->failed) SSL_shutdown(x->ssl.get());
}

TlsInfo TlsClient::info() const {
  TlsInfo info;
  SSL* ssl = x->ssl.get();
  info.version = SSL_get_version(ssl);
  info.cipher = SSL_get_cipher_name(ssl);
  info.asked_for_certificate = x->asked;
  const unsigned char* alpn = nullptr;
  unsigned alpn_size = 0;
  SSL_get0_alpn_selected(ssl, &alpn, &alpn_size);
  if (alpn) info.alpn.assign(reinterpret_cast<const char*>(alpn), alpn_size);
  std::unique_ptr<X509, void (*)(X509*)> certificate(SSL_get1_peer_certificate(ssl), X509_free);
  if (!certificate) {
    info.trouble = "the server sent no certificate";
    return info;
  }
  info.name_matches = is_address(x->host)
                          ? X509_check_ip_asc(certificate.get(), x->host.c_str(), 0) == 1
                          : X509_check_host(certificate.get(), x->host.data(), x->host.size(), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) == 1;
  info.dates_hold = X509_cmp_current_time(X509_get0_notBefore(certificate.get())) < 0 && X509_cmp_current_time(X509_get0_notAfter(certificate.get())) > 0;
  const long verified = SSL_get_verify_result(ssl);
  info.chain_holds = verified == X509_V_OK || verified == X509_V_ERR_CERT_HAS_EXPIRED || verified == X509_V_ERR_CERT_NOT_YET_VALID;
  if (verified != X509_V_OK) info.trouble = X509_verify_cert_error_string(verified);
  int digest = NID_undef;
  X509_get_signature_info(certificate.get(), &digest, nullptr, nullptr, nullptr);
  const bool old_digest = digest == NID_md5 || digest == NID_sha1;
  info.signature_holds = !old_digest || X509_check_issued(certificate.get(), certificate.get()) == X509_V_OK;
  if (EVP_PKEY* key = X509_get0_pubkey(certificate.get())) info.security_bits = EVP_PKEY_get_security_bits(key);
  return info;
}

Status TlsLayer::flush(double seconds) {
  const auto out = x_client.take_ciphertext();
  return out.empty() ? ok() : x_below.write(out, seconds);
}

Status TlsLayer::handshake(double seconds) {
  // In all, however it trickles.
  constexpr double kFlights = 4;
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(kFlights * seconds);
  for (;;) {
    if (auto s = flush(seconds); !s) return s;
    if (x_client.established()) break;
    if (x_client.failed()) return Error{x_client.broken() ? Error::Kind::malformed : Error::Kind::closed, "the TLS handshake failed: " + x_client.trouble()};
    const auto r = x_below.read(seconds);
    if (r.kind == Read::Kind::timeout || std::chrono::steady_clock::now() > end) return Error{Error::Kind::timeout, "no answer in time in the TLS handshake"};
    if (r.kind != Read::Kind::data) return Error{Error::Kind::closed, "the server closed the connection in the TLS handshake"};
    x_client.feed(r.octets);
  }
  x_info = x_client.info();
  return ok();
}

Read TlsLayer::read(double seconds) {
  for (;;) {
    if (auto plain = x_client.take_plaintext(); !plain.empty()) return {Read::Kind::data, std::move(plain)};
    if (x_client.closed()) return {Read::Kind::eof, {}};
    if (x_client.failed()) return {Read::Kind::reset, {}};
    auto r = x_below.read(seconds);
    if (r.kind == Read::Kind::eof) {
      r.tls_truncated = true;
      return r;
    }
    if (r.kind != Read::Kind::data) return r;
    x_client.feed(r.octets);
    (void)flush(seconds);
  }
}

Status TlsLayer::write(std::string_view octets, double seconds) {
  for (std::size_t at = 0; at < octets.size(); at += 256 * 1024) {
    x_client.write(octets.substr(at, 256 * 1024));
    if (auto s = flush(seconds); !s) return s;
  }
  return ok();
}

void TlsLayer::close() {
  x_client.shutdown();
  (void)flush(1);
}

}  // namespace mailspec::net
