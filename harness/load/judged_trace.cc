#include "harness/load/judged_trace.h"

#include <utility>

#include "harness/oracle/standing_rules.h"

namespace mailspec::load {

using oracle::Event;

JudgedTrace::JudgedTrace(const Setting& setting, int session, bool imap, std::string user)
    : x_setting(setting), x_session(session), x_imap(imap), x_user(std::move(user)) {
  x_trace.scenario = "(load)";
  x_trace.row = "session " + std::to_string(session);
  x_trace.seed = setting.seed;
  x_trace.revision = imap ? 1 : 0;
  x_trace.offered = setting.offered;
  x_trace.others = true;
}

void JudgedTrace::restart(double now) {
  x_trace.events.clear();
  x_prologue = 0;
  x_rules = oracle::standing_rules(x_trace);
  x_views = {};
  add(Event::Kind::connect, now);
  x_trace.events.back().octets = "in clear";
}

void JudgedTrace::begin_epoch() {
  x_trace.events.resize(x_prologue);
  x_trace.events.shrink_to_fit();
  x_rules = oracle::standing_rules(x_trace);
  x_views = {};
  for (std::size_t i = 0; i < x_trace.events.size(); ++i) {
    for (const auto& rule : x_rules) rule->step(x_trace, i, x_sink);
    if (x_imap) x_views.update(x_trace, i);
  }
  // They were found the first time.
  x_sink = {};
}

void JudgedTrace::add(Event::Kind kind, double now, Event event) {
  event.kind = kind;
  event.connection = 1;
  event.imap = x_imap;
  event.user = x_user;
  event.at_us = static_cast<std::int64_t>((now - x_setting.begin) * 1e6);
  x_trace.events.push_back(std::move(event));
  judge_last();
}

void JudgedTrace::judge_last() {
  const auto last = x_trace.events.size() - 1;
  for (const auto& rule : x_rules) rule->step(x_trace, last, x_sink);
  if (x_imap) x_views.update(x_trace, last);
  ++x_setting.tally->judged;
  x_sink.x_exercised.clear();
  for (const auto& f : x_sink.x_findings) x_setting.tally->found(f, x_session, x_trace);
  x_sink.x_findings.clear();
}

void JudgedTrace::found(std::string requirement, std::string what, oracle::Finding::Kind kind) {
  oracle::Finding f;
  f.requirement = std::move(requirement);
  f.what = std::move(what);
  f.event = x_trace.events.empty() ? 0 : x_trace.events.size() - 1;
  f.kind = kind;
  x_setting.tally->found(f, x_session, x_trace);
}

}  // namespace mailspec::load
