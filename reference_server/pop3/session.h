// One POP3 session, sans I/O: octets in, octets out, time passed in. RFC 1939, 2449, 2595, 5034, 3206, 6856.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reference_server/net/protocol_session.h"
#include "reference_server/options.h"
#include "reference_server/policy/pop3_login.h"
#include "reference_server/policy/pop3_maildrop.h"
#include "reference_server/pop3/command.h"
#include "reference_server/pop3/reply.h"
#include "reference_server/pop3/slot.h"
#include "reference_server/sasl/exchange.h"
#include "reference_server/store/maildrop.h"

namespace mailspec::reference::pop3 {

enum class State { authorization, transaction, ended };

class Session : public ProtocolSession {
 public:
  // `nonce` is fresh for each session; `now` in seconds of any clock. The greeting is the first output.
  Session(Store& store, const Options& options, bool tls, std::string nonce, double now);
  ~Session() override;

  void feed(std::string_view octets, double now) override;
  void tick(double now) override;  // lets the inactivity timer run
  // Up to about `max` octets to send; empty when there is nothing to say now.
  std::string output(std::size_t max) override;
  // The peer is gone: no UPDATE state.
  void disconnected() override;

  bool wants_close() const override { return x_close && drained() && x_now >= x_open_until; }
  bool wants_tls() const override { return x_start_tls && drained(); }
  void tls_started(double now) override;
  bool tls() const { return x_tls; }
  bool upgraded() const { return x_upgraded; }  // by STLS

  // For hooks.
  State state() const { return x_state; }
  const Options& options() const override { return x_options; }
  bool in_exchange() const override { return x_exchange != nullptr; }
  using Slot = pop3::Slot;
  const std::vector<Slot>& slots() const { return x_slots; }
  const Slot* slot(std::uint64_t number) const;
  bool gone(const Slot& slot) const;  // somebody has removed it meanwhile
  Store& store() const { return x_store; }
  int refused_logins() const { return x_refused_logins; }
  int counter = 0;  // free for a hook that must tell one call from the next
  std::string memory;
  Scout::Memories scouted;  // the same, while a Scout tries the hooks of many

 private:
  bool choice(std::string_view name) const { return x_options.pop3.choice(name); }
  std::string why_held(Account& account) const;
  bool drained() const { return x_out.empty() && !x_writer; }
  void process();
  std::optional<std::string> next_line();
  void handle(std::string line);
  void send(const Command& command, Reply reply);
  Reply dispatch(const Command& command);

  // AUTHORIZATION
  Reply user(const Command& command);
  Reply pass(const Command& command);
  Reply apop(const Command& command);
  Reply auth(const Command& command);
  Reply sasl_step(const std::optional<std::string>& response);
  Reply stls(const Command& command);
  Reply utf8(const Command& command);
  Reply open_maildrop(Account& account);
  void number(const StoredMessage& message);
  void mark_seen(std::uint64_t uid);
  Reply login_failed(std::string why);
  // TRANSACTION
  Reply stat(const Command& command);
  Reply list(const Command& command);
  Reply uidl(const Command& command);
  Reply retr(const Command& command);
  Reply top(const Command& command);
  Reply dele(const Command& command);
  Reply noop(const Command& command);
  Reply rset(const Command& command);
  // both
  Reply capa(const Command& command);
  Reply lang(const Command& command);
  Reply quit(const Command& command);

  Slot* find(const std::vector<std::string>& args);
  Reply no_such_message() const;
  Reply send_message(Slot& slot, std::uint64_t body_lines);
  void release();
  bool fault(Fault f) const { return x_options.fault(f); }
  std::string words_in_language(std::string english) const;

  Store& x_store;
  const Options& x_options;
  LoginPolicy x_login_policy;
  MaildropPolicy x_maildrop_policy;
  State x_state = State::authorization;
  bool x_tls = false, x_upgraded = false;
  bool x_utf8 = false;
  std::string x_language = "en";
  std::string x_nonce, x_timestamp;
  std::string x_in;
  bool x_skip_line = false;  // the rest of an over-long line is dropped
  std::string x_out;
  std::optional<Reply> x_current;  // whose message is being written
  std::unique_ptr<MessageWriter> x_writer;
  bool x_close = false, x_start_tls = false, x_auth_done = false, x_by_quit = false;
  std::optional<std::string> x_user;
  std::unique_ptr<Exchange> x_exchange;
  Account* x_account = nullptr;
  std::vector<Slot> x_slots;
  double x_now = 0, x_last_command = 0;
  double x_silent_until = 0, x_open_until = 0;  // what is said waits; the end waits
  int x_refused_logins = 0;
};

}  // namespace mailspec::reference::pop3
