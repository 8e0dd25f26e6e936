#include "reference_server/net/tls_server.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <utility>

#include "reference_server/net/false_hello.h"

namespace mailspec::reference {

namespace {

struct Identity {
  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key{nullptr, EVP_PKEY_free};
  std::unique_ptr<X509, void (*)(X509*)> certificate{nullptr, X509_free};
};

void extend(X509* certificate, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Identity make_identity(const Options& options) {
  Identity id;
  // An elliptic curve key: quick to make, and strong enough for RFC 9325 4.5.
  id.key.reset(options.tls_weak_key ? EVP_RSA_gen(1024) : EVP_EC_gen("P-256"));
  id.certificate.reset(X509_new());
  X509* c = id.certificate.get();
  X509_set_version(c, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(c), 1);
  X509_gmtime_adj(X509_getm_notBefore(c), -3600L * 24 * 30);
  X509_gmtime_adj(X509_getm_notAfter(c), options.tls_expired ? -3600L * 24 : 3600L * 24 * 365);
  const char* name = options.tls_wrong_name ? "elsewhere.example" : "localhost";
  X509_NAME_add_entry_by_txt(X509_get_subject_name(c), "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_issuer_name(c, X509_get_subject_name(c));
  if (options.tls_old_signature) {
    // An authority of another name: what signs itself is relied on by nobody.
    std::unique_ptr<X509_NAME, void (*)(X509_NAME*)> issuer(X509_NAME_new(), X509_NAME_free);
    X509_NAME_add_entry_by_txt(issuer.get(), "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("an old authority"), -1, -1, 0);
    X509_set_issuer_name(c, issuer.get());
  }
  X509_set_pubkey(c, id.key.get());
  extend(c, NID_basic_constraints, "critical,CA:TRUE");
  extend(c, NID_subject_alt_name, options.tls_wrong_name ? "DNS:elsewhere.example" : "DNS:localhost,IP:127.0.0.1,IP:::1");
  X509_sign(c, id.key.get(), options.tls_old_signature ? EVP_sha1() : EVP_sha256());
  return id;
}

}  // namespace

TlsContext::TlsContext(const Options& options) : x_context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free), x_options(options) {
  const auto id = make_identity(options);
  SSL_CTX* c = x_context.get();
  if (options.tls_weak_key || options.tls_old_signature) SSL_CTX_set_security_level(c, 0);
  SSL_CTX_use_certificate(c, id.certificate.get());
  SSL_CTX_use_PrivateKey(c, id.key.get());
  SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION);
  // RFC 9325 4.1 and 4.2: what has forward secrecy and AEAD, in the server's order.
  SSL_CTX_set_cipher_list(c, "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AESCCM");
  SSL_CTX_set_options(c, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_alpn_select_cb(c, TlsServer::choose_alpn, nullptr);
  if (options.tls_old_only || options.tls_1_0_too || options.tls_1_1_too) {
    SSL_CTX_set_security_level(c, 0);
    SSL_CTX_set_min_proto_version(c, options.tls_1_1_too ? TLS1_1_VERSION : TLS1_VERSION);
    // What these versions have with forward secrecy is in CBC mode. TLS 1.2 keeps to its own.
    SSL_CTX_set_cipher_list(c, "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AESCCM:ECDHE+AES+SHA1:@SECLEVEL=0");
    if (options.tls_1_0_too) SSL_CTX_set_options(c, SSL_OP_NO_TLSv1_1);
    if (options.tls_old_only) SSL_CTX_set_max_proto_version(c, TLS1_1_VERSION);
  }
  if (options.tls_no_13) SSL_CTX_set_max_proto_version(c, TLS1_2_VERSION);
  if (options.tls_asks_client_certificate) SSL_CTX_set_verify(c, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
  SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
  std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new(BIO_s_mem()), BIO_free);
  // An authority other than the one that signed, for a certificate nobody vouches for.
  PEM_write_bio_X509(bio.get(), options.tls_untrusted ? make_identity({}).certificate.get() : id.certificate.get());
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  x_pem.assign(data, static_cast<std::size_t>(size));
}

struct TlsServer::State {
  std::unique_ptr<SSL, void (*)(SSL*)> ssl{nullptr, SSL_free};
  BIO* in = nullptr;
  BIO* out = nullptr;
  bool failed = false, closed = false;
  std::string plaintext;
  const Options* options = nullptr;
  std::string alpn;
  // With Options::tls_choice: the ClientHello until it is whole, and what is said to it.
  bool may_choose = false;
  std::string hello, chosen;

  void pump() {
    if (failed || closed) return;
    ERR_clear_error();
    if (!SSL_is_init_finished(ssl.get())) {
      const int r = SSL_do_handshake(ssl.get());
      if (r != 1) {
        const int e = SSL_get_error(ssl.get(), r);
        failed = e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE;
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
      if (e == SSL_ERROR_ZERO_RETURN) closed = true;
      else if (e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE) failed = true;
      return;
    }
  }
};

TlsServer::TlsServer(const TlsContext& context, std::string alpn) : x(std::make_unique<State>()) {
  x->options = &context.options();
  x->alpn = std::move(alpn);
  x->may_choose = x->options->tls_choice.has_value();
  x->ssl.reset(SSL_new(context.get()));
  SSL_set_app_data(x->ssl.get(), x.get());
  x->in = BIO_new(BIO_s_mem());
  x->out = BIO_new(BIO_s_mem());
  SSL_set_bio(x->ssl.get(), x->in, x->out);  // owns both
  SSL_set_accept_state(x->ssl.get());
}

TlsServer::~TlsServer() = default;

// RFC 7301 section 3.2: one's own protocol if it is offered, else a fatal alert.
int TlsServer::choose_alpn(SSL* ssl, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size, void*) {
  const auto* state = static_cast<const State*>(SSL_get_app_data(ssl));
  static const std::string foreign = "managesieve";
  const auto& own = state->options->tls_foreign_alpn ? foreign : state->alpn;
  const std::string_view offered(reinterpret_cast<const char*>(in), in_size);
  const auto is_offered = offered.find(static_cast<char>(own.size()) + own) != std::string_view::npos;
  if (!is_offered && !state->options->tls_foreign_alpn) return state->options->tls_any_alpn ? SSL_TLSEXT_ERR_NOACK : SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = reinterpret_cast<const unsigned char*>(own.data());
  *out_size = static_cast<unsigned char>(own.size());
  return SSL_TLSEXT_ERR_OK;
}

void TlsServer::feed(std::string_view ciphertext) {
  if (x->may_choose) {
    x->hello += ciphertext;
    const auto said = false_hello(x->hello, *x->options->tls_choice);
    if (!said) return;
    x->may_choose = false;
    x->chosen = *said;
    if (!said->empty()) return;
    ciphertext = x->hello;
  }
  if (!ciphertext.empty()) BIO_write(x->in, ciphertext.data(), static_cast<int>(ciphertext.size()));
  x->pump();
}

std::string TlsServer::take_plaintext() { return std::exchange(x->plaintext, {}); }

void TlsServer::write(std::string_view plaintext) {
  if (!plaintext.empty() && !x->failed) SSL_write(x->ssl.get(), plaintext.data(), static_cast<int>(plaintext.size()));
}

std::string TlsServer::take_ciphertext() {
  if (!x->chosen.empty()) return std::exchange(x->chosen, {});
  std::string out(static_cast<std::size_t>(BIO_ctrl_pending(x->out)), '\0');
  if (!out.empty()) BIO_read(x->out, out.data(), static_cast<int>(out.size()));
  return out;
}

bool TlsServer::established() const { return SSL_is_init_finished(x->ssl.get()) != 0; }
bool TlsServer::failed() const { return x->failed; }
bool TlsServer::closed() const { return x->closed; }
void TlsServer::shutdown() {
  if (established() && !x->failed) SSL_shutdown(x->ssl.get());
}

}  // namespace mailspec::reference
