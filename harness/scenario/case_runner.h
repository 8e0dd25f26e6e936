// What running a case is, whatever the protocol: stakes, bindings, comparisons, certificates. Internal to scenario/.
#pragma once

#include <string>

#include "harness/scenario/runner.h"
#include "harness/scenario/template.h"
#include "harness/scenario/wires.h"

namespace mailspec::scenario {

class CaseRunner {
 public:
  CaseRunner(const Case& test, Stage& stage, const Account& account, const RunOptions& options);
  virtual ~CaseRunner() = default;
  CaseRunner(const CaseRunner&) = delete;
  CaseRunner& operator=(const CaseRunner&) = delete;

  CaseResult run();

 protected:
  using Outcome = Wires::Outcome;

  virtual Wires& wires() = 0;
  const Wires& wires() const { return const_cast<CaseRunner*>(this)->wires(); }
  virtual bool set_up() = 0;
  // A step of the protocol's own; `here` is its index, `at` the next one to be performed.
  virtual void perform(const Step& step, std::size_t here, std::size_t& at) = 0;
  // Ends every session politely, so that standing rules see how the server says goodbye.
  virtual void wind_up() = 0;
  // Whatever the end of the case was: what it made is to be taken away.
  virtual void clean_up() {}
  virtual std::string what_happened(int connection) const = 0;

  bool trouble(std::string why);
  void fail_scenario(std::string what);
  // What the current stake demands did not happen.
  void broken(std::string what, oracle::Finding::Kind kind = oracle::Finding::Kind::wrong, std::size_t offset = 0, bool in_content = false);
  void broken_by(Outcome outcome, int connection, const std::string& wanted);
  void bind(const std::string& name, std::string octets, bool secret = false) { x_bindings[name] = {std::move(octets), secret}; }
  void bind_account(const Account& account);
  // A pattern as it reads with what is bound so far.
  std::string text_of(const Line& pattern) const;
  void compare(const Step& step);
  void check_tls(const Step& step);
  void observe(const Step& step);
  void tls(const Step& step);
  const Step* next_of(std::size_t at, int connection) const;
  double quiet() const;

  const Case& x_case;
  Stage& x_stage;
  Account x_account;
  const RunOptions& x_options;
  CaseResult x_result;
  Bindings x_bindings;
  Workshop x_workshop;
  Stake* x_stake = nullptr;
  bool x_stopped = false;
  bool x_over = false;  // ended early, and rightly so
  int x_line = 0;

 private:
  void open_stake(const Step& step);
  void close_stake();
  std::size_t x_stake_count = 0;
};

CaseResult run_pop3(const Case& test, Stage& stage, const Account& account, const RunOptions& options);
CaseResult run_imap(const Case& test, Stage& stage, const Account& account, const RunOptions& options);

}  // namespace mailspec::scenario
