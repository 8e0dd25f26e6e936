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
  x_stored.clear();
  x_trace.offered = x_setting.offered;
  x_trace.events.clear();
  x_prologue = 0;
  x_rules = oracle::standing_rules(x_trace);
  x_views = {};
  add(Event::Kind::connect, now);
  x_trace.events.back().octets = x_setting.tls.empty() ? "in clear" : "implicit TLS";
  if (x_setting.tls.empty()) return;
  add(Event::Kind::tls, now);
  x_trace.events.back().octets = x_setting.tls;
}

namespace {

// What was parsed can be parsed again: of an event that is judged the octets are enough.
void slim(Event& e) {
  if (e.kind != Event::Kind::received || !e.imap) return;
  e.imap_response.values = std::vector<imap::Value>();
  e.imap_response.code_values = std::vector<imap::Value>();
}

}  // namespace

void JudgedTrace::begin_epoch() {
  wake();
  x_trace.events.resize(x_prologue);
  x_trace.events.shrink_to_fit();
  judge_again();
}

// What it finds was found the first time.
void JudgedTrace::judge_again() {
  x_rules = oracle::standing_rules(x_trace);
  x_views = {};
  for (std::size_t i = 0; i < x_trace.events.size(); ++i) {
    auto& e = x_trace.events[i];
    if (e.kind == Event::Kind::received && e.imap) e.imap_response = imap::parse_response(std::move(e.imap_response.frame));
    for (const auto& rule : x_rules) rule->step(x_trace, i, x_sink);
    if (x_imap) x_views.update(x_trace, i);
    slim(e);
  }
  x_sink = {};
}

void JudgedTrace::hibernate() {
  if (!x_imap || !x_stored.empty()) return;
  x_stored.reserve(x_trace.events.size());
  for (auto& e : x_trace.events) {
    x_stored.push_back({e.kind, e.at_us, std::move(e.octets), std::move(e.imap_response.frame)});
    x_stored.back().octets.shrink_to_fit();
    x_stored.back().frame.octets.shrink_to_fit();
  }
  // `= {}` would keep the memory.
  x_trace.events = std::deque<Event>();
  x_trace.offered = std::vector<std::string>();
  x_rules.clear();
  x_rules.shrink_to_fit();
  x_views = {};
  x_sink = {};
}

void JudgedTrace::wake() {
  if (x_stored.empty()) return;
  x_trace.offered = x_setting.offered;
  for (auto& s : std::exchange(x_stored, {})) {
    Event e;
    e.kind = s.kind;
    e.at_us = s.at_us;
    e.connection = 1;
    e.imap = true;
    e.user = x_user;
    if (s.kind == Event::Kind::sent) e.imap_command = imap::parse_command(s.octets);
    e.octets = std::move(s.octets);
    e.imap_response.frame = std::move(s.frame);
    x_trace.events.push_back(std::move(e));
  }
  judge_again();
}

void JudgedTrace::add(Event::Kind kind, double now, Event event) {
  wake();
  event.kind = kind;
  event.connection = 1;
  event.imap = x_imap;
  event.user = x_user;
  event.at_us = static_cast<std::int64_t>((now - x_setting.begin) * 1e6);
  if (!x_trace.events.empty()) slim(x_trace.events.back());
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
