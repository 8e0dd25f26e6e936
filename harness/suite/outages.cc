#include "harness/suite/outages.h"

#include <thread>

#include "harness/base/text.h"

namespace mailspec::suite {

using scenario::Case;

namespace {

constexpr double kLateGreeting = 30;  // seconds: a machine that is busy greets late
constexpr std::chrono::milliseconds kLooksAgain{500};

// What was said to the server last, in this case.
std::string last_command(const oracle::Trace& trace, const Case& c) {
  std::string said;
  for (const auto& e : trace.events) {
    // What is in a literal is no command.
    if (e.kind == oracle::Event::Kind::sent && (!e.imap || !e.imap_command.name.empty() || said.empty())) said = e.octets;
  }
  return "first seen in " + c.name() + (said.empty() ? ", before it had sent anything" : ", whose last command was '" + visible(trim(said), 120) + "'");
}

}  // namespace

WallClock WallClock::real() {
  return {[] { return std::chrono::steady_clock::now(); }, [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }};
}

bool greets(scenario::Stage& stage, bool imap, double seconds) {
  const auto& offer = stage.offer();
  const bool tls = imap ? !offer.imap->clear : !offer.pop3->clear;
  auto stream = stage.transport().connect(imap ? stage.imap_endpoint(tls) : stage.pop3_endpoint(tls), seconds);
  return stream && (*stream)->read(seconds).kind == net::Read::Kind::data;
}

bool Outages::comes_back(scenario::Stage& stage, const Case& c, const scenario::CaseResult& result) {
  if (stage.transport().virtual_time()) return false;
  const std::scoped_lock lock(x_waits);
  if (x_lost) return false;
  const auto began = x_clock.now();
  ++x_outages;
  const bool same = x_back && began - *x_back < kComesBack;
  for (; !x_ending.stopped() && x_clock.now() - began < kComesBack; x_clock.sleep(kLooksAgain)) {
    if (!greets(stage, c.imap(), kLateGreeting)) continue;
    x_back = x_clock.now();
    if (!same) x_ending.note("the server served nobody for a while, and came back; " + last_command(result.trace, c));
    return true;
  }
  if (x_ending.stopped()) return false;
  x_lost = true;
  x_ending.stop("the server stopped serving in the middle of the run, and did not come back; " + last_command(result.trace, c));
  return false;
}

void Outages::tell(scenario::Stage& stage) {
  {
    const std::scoped_lock lock(x_telling);
    const int now = x_resets + x_outages;
    auto& told = x_told[&stage];
    if (told == now) return;
    told = now;
  }
  stage.restarted();
}

}  // namespace mailspec::suite
