// A trace that is judged as it grows, by all standing rules, and bounded: it begins afresh in epochs, each of which is a whole trace again.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/load/talker.h"
#include "harness/oracle/imap_view.h"

namespace mailspec::load {

class JudgedTrace {
 public:
  JudgedTrace(const Setting& setting, int session, bool imap, std::string user);

  // A new connection: nothing of before is kept.
  void restart(double now);
  // What has been said so far is the beginning of every epoch: greeting and login.
  void end_prologue() { x_prologue = x_trace.events.size(); }
  // Only while nothing is outstanding; what follows must tell anew all that matters (SELECT).
  void begin_epoch();
  // Adds an event, and judges it.
  void add(oracle::Event::Kind kind, double now, oracle::Event event = {});
  // A finding of the caller's own, about the last event.
  void found(std::string requirement, std::string what, oracle::Finding::Kind kind = oracle::Finding::Kind::wrong);
  const oracle::Trace& trace() const { return x_trace; }
  oracle::ImapSession& imap_view() {
    wake();
    return x_views.of(1);
  }
  // While nothing happens, only the octets are kept: of five thousand idle sessions each is to be small. The next event brings all back.
  void hibernate();

 private:
  void judge_last();
  void judge_again();
  void wake();

  struct Stored {
    oracle::Event::Kind kind;
    std::int64_t at_us;
    std::string octets;
    imap::Frame frame;
  };

  const Setting& x_setting;
  int x_session;
  bool x_imap;
  std::string x_user;
  oracle::Trace x_trace;
  std::vector<std::unique_ptr<oracle::Rule>> x_rules;
  oracle::ImapViews x_views;
  oracle::Sink x_sink;
  std::size_t x_prologue = 0;
  std::vector<Stored> x_stored;  // while it hibernates
};

}  // namespace mailspec::load
