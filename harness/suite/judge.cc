#include "harness/suite/judge.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "harness/oracle/standing_rules.h"

namespace mailspec::suite {

namespace {

// What comes cannot be trusted any longer: the connection is out of step.
bool is_out_of_step(std::string_view id) {
  return id == "rfc1939/3/one-response-per-command" || id == "rfc1939/3/multi-line-ends" || id == "rfc9051/2.2/framing";
}

// Where did a listing or a message of POP3 end, if the next that came was not asked for? What it holds cannot be judged then.
bool is_cut_short(const oracle::Trace& trace, std::size_t event, std::size_t surplus) {
  const auto& e = trace.events[event];
  if (e.imap || e.kind != oracle::Event::Kind::received || !e.pop3_response.multi_line || event >= surplus) return false;
  return std::none_of(trace.events.begin() + static_cast<std::ptrdiff_t>(event) + 1, trace.events.begin() + static_cast<std::ptrdiff_t>(surplus),
                      [&](const oracle::Event& later) { return later.connection == e.connection && later.kind == oracle::Event::Kind::received; });
}

}  // namespace

oracle::Judgement judge_in_step(const oracle::Trace& trace) {
  auto judgement = oracle::judge(trace, oracle::standing_rules(trace));
  std::map<int, std::size_t> out_of_step;
  for (const auto& f : judgement.findings) {
    if (!is_out_of_step(f.requirement)) continue;
    const auto [it, fresh] = out_of_step.emplace(trace.events[f.event].connection, f.event);
    if (!fresh) it->second = std::min(it->second, f.event);
  }
  std::erase_if(judgement.findings, [&](const oracle::Finding& f) {
    const auto it = out_of_step.find(trace.events[f.event].connection);
    return it != out_of_step.end() && (f.event > it->second || (is_cut_short(trace, f.event, it->second) && !f.requirement.starts_with("rfc1939/3/")));
  });
  return judgement;
}

}  // namespace mailspec::suite
