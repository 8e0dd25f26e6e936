// What a reference server offers, the choices it makes where the RFCs leave one, and the faults it has been given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "reference_server/deviations/faults.h"
#include "reference_server/deviations/scout.h"
#include "reference_server/imap/extension.h"
#include "reference_server/sasl/exchange.h"

namespace mailspec::reference {

// Those that a server has which lets clients make none of their own.
const std::vector<std::string>& fixed_keywords();

// The IMAP side: what is offered, and what is chosen.
struct ImapOffer {
  bool rev1 = true, rev2 = true;
  bool starttls = true, logindisabled = false;
  imap::Extensions extensions = imap::default_extensions();
  std::string separator = "/";
  std::string prefix;  // of the personal namespace
  double autologout = 1800;
  std::uint64_t literal_limit = 64ull * 1024 * 1024;
  std::size_t line_limit = 64 * 1024;

  // Chosen where the RFCs leave it.
  bool early_exists = true;          // tells of new messages with any command, not with NOOP only
  bool ghosts = true;                // what another session has expunged can still be fetched until it is announced
  bool expunges_backwards = false;   // tells of several expunged messages from the last to the first
  bool expunges_one_by_one = false;  // tells of one message that another session has expunged at a time
  bool tells_unasked = false;        // tells of new messages and flags while no command is in progress
  bool refuses_in_use = false;       // removes nothing, and no mailbox, that another session has selected (RFC 2180 3.1, 4.1.4)
  bool ends_deleted = false;         // ends sessions whose mailbox is deleted (RFC 2180 3.3)
  bool literals_for_strings = false, lower_case = false, split_fetch = false, extra_ok = false, uid_in_fetch = false, flags_first = false,
       announces_closed = true;
  bool unseen_code = true, text_after_close = true;
  bool normalizes_names = false;  // takes names that are no Net-Unicode for their normal form; else it refuses them
  bool subscribes_new = false;    // what it makes is subscribed
  bool refuses_binary = false;    // stores no NUL; else it encodes what is binary
  std::uint32_t first_uidvalidity = 1700000001;
  std::uint64_t first_uid = 1, uid_stride = 1;

  // RFC 9051 6.3.1: a server that offers both revisions has ENABLE.
  imap::Extensions offered() const { return rev2 ? imap::Extensions(extensions).add(imap::Extension::enable) : extensions; }
  bool operator==(const ImapOffer&) const = default;
};

struct ImapOptions : ImapOffer {
  Names choices;  // where the RFCs leave one; only variations put any in
  bool choice(std::string_view name) const { return choices.has(name); }
  // Can this keyword be kept? And what becomes of the flags that are given with APPEND?
  bool has_room_for(std::string_view keyword) const;
  std::set<std::string> as_appended(std::set<std::string> flags) const;

  using Misreading = std::function<void(imap::Command&)>;
  std::vector<Misreading> misreadings;  // run over every typed command before it is carried out, in order: only deviations put any in

  using Hook = std::function<void(const imap::Command&, imap::Response&, imap::Session&)>;
  std::vector<Hook> hooks;  // run over every typed response before it is written, in order
};

// The POP3 side.
struct Pop3Offer {
  bool capa = true, stls = true, top = true, uidl = true, user = true, apop = true, pipelining = true, resp_codes = true;
  bool auth_resp_code = true, utf8 = true, utf8_user = true, lang = true, implementation = true;
  bool plaintext_needs_tls = false;
  int login_delay = 0;              // seconds; 0: not offered
  std::string expire = "NEVER";     // "": not offered
  std::size_t command_limit = 255;  // octets with CRLF (RFC 2449 4)
  double autologout = 1800;         // seconds (RFC 1939 3: at least 600)

  // Chosen.
  bool hash_uids = false, close_after_failed_login = false, shared_maildrop = false, surrogates = false, accept_bare_lf = false;
  bool user_says_err_for_unknown = false, pass_is_one_word = false, close_on_bad_line = false, login_text_is_empty = false, stls_refused_after_utf8 = false;
  bool lists_languages = true;
  bool retr_sets_seen = false;  // IMAP's \Seen

  bool operator==(const Pop3Offer&) const = default;
};

struct Pop3Options : Pop3Offer {
  Names choices;  // as in ImapOptions
  bool choice(std::string_view name) const { return choices.has(name); }

  using Hook = std::function<void(const pop3::Command&, pop3::Reply&, pop3::Session&)>;
  std::vector<Hook> hooks;  // run over every typed reply before it is written, in order
};

// What both protocols log in by (RFC 4422).
struct SaslOffer {
  std::vector<std::string> mechanisms{"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"};  // in the order in which they are announced
  bool errors_told = false;                                                                           // of SCRAM in a challenge (RFC 5802 5.1, 7); chosen

  bool operator==(const SaslOffer&) const = default;
};

// TLS, and all that lies below a protocol.
struct ConnectionOptions {
  bool tls_old_only = false;  // nothing above TLS 1.1
  bool tls_1_0_too = false, tls_1_1_too = false;
  bool tls_no_13 = false;
  bool tls_wrong_name = false, tls_expired = false, tls_no_close_notify = false, tls_asks_client_certificate = false;
  bool tls_untrusted = false, tls_weak_key = false, tls_old_signature = false, tls_any_alpn = false, tls_foreign_alpn = false;
  // Only deviations: what is chosen of a ClientHello of this version that offers this suite.
  struct TlsChoice {
    std::uint16_t version = 0x0303, suite = 0xC02F;
    bool compressed = false, renegotiation_info = true, extended_master_secret = true, encrypt_then_mac = false;
    bool last_resort = false;  // where no suite with ECDHE and AEAD is offered
    int dh_bits = 0;           // of a DHE suite's prime
    std::uint16_t curve = 0;   // of an ECDHE suite
    bool operator==(const TlsChoice&) const = default;
  };
  std::optional<TlsChoice> tls_choice;
  std::string said_before_tls;    // in clear, behind the agreement to STARTTLS or STLS
  std::size_t output_piece = 0;   // octets sent at a time; 0: as many as fit
  bool cut_off_is_whole = false;  // what TLS was cut off in is carried out with what had come of it

  bool operator==(const ConnectionOptions&) const = default;
};

struct Options : ConnectionOptions {
  SaslOffer sasl;
  Pop3Options pop3;
  ImapOptions imap;

  // Only deviations: what a connection has been sent so far (its last 320 KiB) that the server cannot bear, and what becomes of it.
  struct Frailty {
    std::function<bool(std::string_view sent)> of;
    bool in_exchange = false;                                // asked while an exchange of SASL is in progress only
    enum class End { silence, service } end = End::service;  // that session says nothing any more; all sessions end, and no new one begins
  };
  std::vector<Frailty> frailties;

  Faults faults;  // of both protocols
  bool fault(Fault fault) const { return faults.has(fault); }
  ScramFaults scram_faults() const {
    return {fault(Fault::scram_any_nonce), fault(Fault::scram_any_proof), fault(Fault::scram_any_extension), fault(Fault::scram_few_iterations) ? 1024 : 4096,
            sasl.errors_told};
  }
};

}  // namespace mailspec::reference
