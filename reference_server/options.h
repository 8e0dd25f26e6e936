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

#include "reference_server/sasl/exchange.h"

namespace mailspec::reference {

namespace imap {
struct Command;
struct Response;
class Session;
}  // namespace imap

namespace pop3 {
struct Command;
struct Reply;
class Session;
}  // namespace pop3

// Faults of state: the ones a rewrite of one reply cannot make. Only deviations set them.
struct Faults {
  bool update_on_drop = false, remove_retrieved_on_drop = false, quit_forgets_dele = false, quit_removes_last = false;
  bool rset_keeps_marks = false, rset_removes = false, dele_at_once = false, renumber_after_dele = false, shared_lock = false;
  bool lock_stays = false, lock_on_failure = false, uid_per_session = false, uid_lost_on_drop = false, uid_reused = false;
  bool uid_renumbers = false, any_state = false, login_any_password = false, pass_without_user = false;
  bool apop_any_digest = false, apop_upper_only = false, keep_plaintext = false, stls_breaks = false;
  bool keeps_user_after_tls = false, sasl_lenient_base64 = false;
  bool sasl_no_initial_response = false, sasl_auth_twice = false, sasl_nul_cuts = false;
  ScramFaults scram;
  bool sasl_any_authzid = false, sasl_short_line = false, sasl_initial_for_server_first = false;
  bool autologout_updates = false, autologout_speaks = false, autologout_not_reset = false, pipeline_drops = false, pipeline_reorders = false;
  bool pipeline_twice = false, pipeline_lost_after_login = false, case_sensitive = false, empty_line_closes = false, colon_closes = false;
  bool segment_is_command = false, big_line_is_two = false, snapshot_moves = false, capa_err_in_transaction = false, utf8_ignored = false;
  bool utf8_sent_anyway = false, delay_not_enforced = false;
  bool half_quit = false, quit_stays_open = false, quit_auth_closes_silently = false, failed_login_hangs = false, nul_cuts_line = false,
       top_counts_from_header = false;
  bool bad_octets_left_out = false, no_saslprep = false;
  bool apop_same_timestamp = false, negative_is_first = false, retr_marks = false, apop_and_pass = false, long_argument_hangs = false,
       expire_removes_read = false, keeps_half_a_line = false;
  // Of POP3 beside IMAP.
  bool shows_expunged = false, shows_delivered_only = false, update_renumbers_imap = false, uid_of_flags = false, update_takes_folders = false;
};

// The IMAP side: what is offered, what is chosen, and the faults.
struct ImapOptions {
  bool rev1 = true, rev2 = true;
  bool starttls = true, logindisabled = false, sasl_ir = true, literal_plus = true, literal_minus = false, idle = true, namespaces = true, id = true,
       children = true;
  bool unselect = true, uidplus = true, esearch = true, enable = true, searchres = true, list_extended = true, list_status = true, special_use = true,
       move = true;
  bool status_size = true, binary = true, multiappend = true;
  std::string separator = "/";
  std::string prefix;  // of the personal namespace
  double autologout = 1800;
  std::uint64_t literal_limit = 64ull * 1024 * 1024;
  std::size_t line_limit = 64 * 1024;

  // Chosen where the RFCs leave it.
  std::string uid_gaps = "none";     // none or wide
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

  // Faults of state, by name; only deviations put any in.
  std::set<std::string, std::less<>> faults;
  bool fault(std::string_view name) const { return !faults.empty() && faults.contains(name); }

  using Hook = std::function<void(const imap::Command&, imap::Response&, imap::Session&)>;
  std::vector<Hook> hooks;  // run over every typed response before it is written, in order
};

struct Options {
  ImapOptions imap;

  // Offered.
  bool capa = true, stls = true, top = true, uidl = true, user = true, apop = true, pipelining = true, resp_codes = true;
  bool auth_resp_code = true, utf8 = true, utf8_user = true, lang = true, implementation = true;
  std::vector<std::string> mechanisms{"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"};
  bool plaintext_needs_tls = false;
  int login_delay = 0;              // seconds; 0: not offered
  std::string expire = "NEVER";     // "": not offered
  std::size_t command_limit = 255;  // octets with CRLF (RFC 2449 4)
  double autologout = 1800;         // seconds (RFC 1939 3: at least 600)

  // Chosen.
  bool hash_uids = false, close_after_failed_login = false, shared_maildrop = false, surrogates = false, accept_bare_lf = false;
  bool user_says_err_for_unknown = false, pass_is_one_word = false, close_on_bad_line = false, login_text_is_empty = false, stls_refused_after_utf8 = false;
  bool lists_languages = true;
  bool retr_sets_seen = false;   // IMAP's \Seen
  std::size_t output_piece = 0;  // octets sent at a time; 0: as many as fit

  // TLS.
  bool tls_old_only = false;  // nothing above TLS 1.1
  bool tls_old_too = false;   // TLS 1.0 as well
  bool tls_no_13 = false;
  bool tls_wrong_name = false, tls_expired = false, tls_no_close_notify = false, tls_asks_client_certificate = false;
  bool tls_untrusted = false, tls_weak_key = false, tls_old_signature = false, tls_any_alpn = false, tls_foreign_alpn = false;
  // Only deviations: what is chosen of a ClientHello of this version that offers this suite.
  struct TlsChoice {
    std::uint16_t version = 0x0303, suite = 0xC02F;
    bool compressed = false, renegotiation_info = true, extended_master_secret = true;
    int dh_bits = 0;          // of a DHE suite's prime
    std::uint16_t curve = 0;  // of an ECDHE suite
  };
  std::optional<TlsChoice> tls_choice;
  std::string said_before_tls;    // in clear, behind the agreement to STARTTLS or STLS
  bool cut_off_is_whole = false;  // what TLS was cut off in is carried out with what had come of it

  // Only deviations: what a connection has been sent so far (its last 256 KiB) that the server cannot bear, and what becomes of it.
  struct Frailty {
    std::function<bool(std::string_view sent)> of;
    enum class End { silence, service } end = End::service;  // that session says nothing any more; all sessions end, and no new one begins
  };
  std::vector<Frailty> frailties;

  Faults faults;
  using Hook = std::function<void(const pop3::Command&, pop3::Reply&, pop3::Session&)>;
  std::vector<Hook> hooks;  // run over every typed reply before it is written, in order
};

}  // namespace mailspec::reference
