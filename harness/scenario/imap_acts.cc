#include "harness/scenario/imap_acts.h"

namespace mailspec::scenario {

namespace {

bool is_nobodys(const Step& step) {
  return step.is<AtStake>() || step.is<Compare>() || step.is<Observe>() || step.is<ObserveLogins>() || step.is<Wait>() || step.is<Deliver>();
}

}  // namespace

Act act_of(const Sent& sent) { return {sent.line, sent.connection, sent.place, sent.looks, true, false}; }

Act act_of(const Step& step) {
  if (const auto* attempt = step.as<Attempt>()) return act_of(attempt->sent);
  Act act{step.line, step.connection};
  if (const auto* asked = step.asks()) act.place = asked->place();
  if (step.is<Silence>()) act.place = Place::inside;
  act.looks = !step.is<Drop>();
  return act;
}

std::vector<Act> acts_of(const Case& test) {
  std::vector<Act> out;
  bool is_judged = false;
  const auto add = [&](Act act) {
    act.is_judged = is_judged;
    out.push_back(act);
  };
  for (const auto& step : test.steps) {
    is_judged = is_judged || !step.ids().empty();
    for (const auto& sent : step.sends()) add(act_of(sent));
    for (const auto& demand : step.demands()) add({demand.line, demand.connection});
    if (!step.is<Exchange>() && !is_nobodys(step)) add(act_of(step));
  }
  return out;
}

}  // namespace mailspec::scenario
