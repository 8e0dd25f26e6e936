// What running a case is, whatever the protocol: stakes, bindings, comparisons, certificates. Internal to scenario/.
#pragma once

#include <memory>
#include <string>

#include "harness/scenario/runner.h"
#include "harness/scenario/template.h"
#include "harness/scenario/wires.h"

namespace mailspec::scenario {

// A case while it runs.
struct CaseState {
  CaseState(const Case& test, Stage& stage, Account account, const RunOptions& options);
  CaseState(const CaseState&) = delete;
  CaseState& operator=(const CaseState&) = delete;

  const Case& test;
  Stage& stage;
  Account account;
  const RunOptions& options;
  CaseResult result;
  Bindings bindings;
  Workshop workshop;
  Stake* stake = nullptr;
  std::size_t stake_count = 0;
  bool begun = false;   // something of the stake has been said to the server
  bool waited = false;  // the stake has let time pass
  bool stopped = false;
  bool over = false;  // ended early, and rightly so
  int line = 0;
};

// Performs the steps of the connections that speak one protocol. A case has one of these, or one for each protocol.
class Speaker {
 public:
  explicit Speaker(CaseState& state);
  virtual ~Speaker() = default;
  Speaker(const Speaker&) = delete;
  Speaker& operator=(const Speaker&) = delete;

  using Outcome = Wires::Outcome;

  virtual Wires& wires() = 0;
  const Wires& wires() const { return const_cast<Speaker*>(this)->wires(); }
  virtual bool set_up() = 0;
  void do_step(const Step& step);
  // A step of the protocol's own.
  virtual void perform(const Step& step) = 0;
  // Ends every session politely, so that standing rules see how the server says goodbye.
  virtual void wind_up() = 0;
  // Whatever the end of the case was: what it made is to be taken away.
  virtual void clean_up() {}
  void close_stake();

 protected:
  virtual std::string what_happened(int connection) const = 0;
  // Waits for any answer to what came on the connection, and reads all that is due there.
  virtual Outcome answered(int connection) = 0;
  // Does the session answer a NOOP?
  virtual bool serves(int connection) = 0;
  // Has the server ended the session, in IMAP with an announcement, because of a refusal before the command that was sent last?
  virtual bool ended_late(int /*connection*/) const { return false; }
  // A new connection, greeted.
  virtual bool greets(int connection, int line) = 0;
  virtual net::Endpoint implicit_endpoint() const = 0;
  // Logs in on a connection that has been greeted; "" on success, else what came.
  virtual std::string logs_in(int connection, const Account& account, int line) = 0;

  bool trouble(std::string why);
  void fail_scenario(std::string what);
  // From here on the case cannot be performed, and nobody is to blame.
  void decline(std::string why);
  // What the current stake demands did not happen.
  void broken(std::string what, oracle::Finding::Kind kind = oracle::Finding::Kind::wrong, std::size_t offset = 0, bool in_content = false);
  void broken_by(Outcome outcome, int connection, const std::string& wanted);
  // A refusal may end its session, and no other. Is the server gone with it: its processes, or whoever takes connections? "" where that cannot be told.
  std::string gone();
  // If it is, that is what the stake finds, in place of the trouble there was. False if it is not.
  bool broken_by_end();
  // The session is found ended before what `text` says could be done. Where the server had been told nothing of the stake yet, that is set-up.
  void ended_before(const std::string& text, const std::string& last_words);
  // What a server refuses for the time being is waited out, longer each time: is another try worth it?
  bool wait_out(std::size_t attempt);
  // Waiting did not help: `refusal` is what the server still says.
  bool limited(const std::string& refusal);
  void bind(const std::string& name, std::string octets, bool secret = false) { x_bindings[name] = {std::move(octets), secret}; }
  void bind_account(const Account& account);
  // A pattern as it reads with what is bound so far, for people.
  std::string reads(const Line& pattern) const;
  void compare(const Compare& demand);
  void check_tls(int connection, CheckTls::What what);
  void check_closed(int connection, const CheckClosed& demand);
  // Where a smaller input is looked for: keeps what the line sends, and is what it is to send instead, if anything.
  const std::string* sent_instead(const Sent& sent, const std::string& octets, const std::string& shown);
  double quiet() const;
  // The server has agreed to begin TLS, and waits for a handshake: nothing may be said in clear (RFC 2595 4, RFC 9051 6.2.1).
  bool handshake_due(int connection) const;

  const Case& x_case;
  Stage& x_stage;
  Account& x_account;
  const RunOptions& x_options;
  CaseResult& x_result;
  Bindings& x_bindings;
  Workshop& x_workshop;
  Stake*& x_stake;
  bool& x_begun;
  bool& x_waited;
  bool& x_stopped;
  bool& x_over;
  int& x_line;

 private:
  void open_stake(int line, const AtStake& stake);
  void observe(const Observe& step);
  void logins(const ObserveLogins& step, int line);
  void tls(const StartTls& step, int connection, int line);
  void wrong_tls(const WrongTls& step, int connection, int line);
  bool reached(int connection, int line);
  void hello(const TlsHello& step, int connection, int line);
  void survives(int connection, int line);
  bool has_refused_a_login() const;
  double x_spent_before = 0;  // seconds of processor time of the server
  CaseState& x_state;
  std::string x_alpn;  // offered in the last handshake
};

std::unique_ptr<Speaker> make_pop3_speaker(CaseState& state);
std::unique_ptr<Speaker> make_imap_speaker(CaseState& state);

}  // namespace mailspec::scenario
