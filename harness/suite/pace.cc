#include "harness/suite/pace.h"

#include <algorithm>
#include <map>

namespace mailspec::suite {

namespace {

constexpr int kPatientHangs = 4;    // after so many hangs the suite stops being patient
constexpr int kPatientLimits = 4;   // after so many limits that were waited out in vain no other is waited for as long
constexpr double kShortLimits = 4;  // seconds
constexpr double kShortLogin = 20;  // seconds for the answer to a login, once one has been waited for in vain

}  // namespace

scenario::Patience Pace::patience(bool attacks) const {
  const std::scoped_lock lock(x_mutex);
  auto out = x_full;
  if (x_limited >= kPatientLimits) out.limits = std::min(out.limits, kShortLimits);
  // What is sent to do harm may be a login, and its refusal late, but the server need not be waited for as long as for a login of ours.
  const double shorter = attacks && x_hangs > 0 ? 0 : kShortLogin;
  if (attacks || x_hangs > 0) out.login = std::min(out.login, std::max(out.reply, shorter));
  if (x_hangs >= kPatientHangs) out = scenario::Patience::short_of(std::min(out.reply, std::max(3.0, 1.5 * x_slowest)));
  return out;
}

scenario::Patience Pace::second(scenario::Patience first) {
  first.login = std::min(first.login, std::max(first.reply, kShortLogin));
  return first;
}

scenario::Patience Pace::smaller(scenario::Patience first) const {
  const std::scoped_lock lock(x_mutex);
  return scenario::Patience::of(std::min(first.reply, std::max(1.0, 4 * x_slowest)));
}

void Pace::count(const scenario::CaseResult& result) {
  const std::scoped_lock lock(x_mutex);
  if (result.limited) ++x_limited;
  if (result.hung()) ++x_hangs;
}

void Pace::learn(const oracle::Trace& trace) {
  std::map<int, std::int64_t> before;
  double slowest = 0;
  for (const auto& e : trace.events) {
    if (e.kind == oracle::Event::Kind::received && before.contains(e.connection))
      slowest = std::max(slowest, static_cast<double>(e.at_us - before[e.connection]) * 1e-6);
    before[e.connection] = e.at_us;
  }
  const std::scoped_lock lock(x_mutex);
  x_slowest = std::max(x_slowest, slowest);
}

bool Pace::too_many_hangs() const {
  const std::scoped_lock lock(x_mutex);
  return x_hangs > kMostHangs;
}

}  // namespace mailspec::suite
