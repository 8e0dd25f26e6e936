#include "harness/suite/plan.h"

#include <algorithm>
#include <tuple>

#include "harness/suite/offered.h"

namespace mailspec::suite {

using scenario::Case;

namespace {

Judged outset(const Case& c, std::size_t place, const scenario::Offer& offer, const PlanOptions& options) {
  const bool ours = static_cast<int>(place % static_cast<std::size_t>(options.shards)) == options.shard - 1;
  if (!in_question(c, offer) || !ours || options.done.contains(c.name())) return NotAsked{};
  if (auto why = reason_to_skip(c, offer)) return Skipped{std::move(*why)};
  return Abandoned{};
}

Places& queue_of(Plan& plan, const Case& c) {
  if (c.imap() && !c.both() && !c.needs("wrong-password")) return plan.imap;
  if (c.facts.has_own_account && !c.imap()) return plan.special;
  return c.facts.needs_account ? plan.leased : plan.free;
}

void sort_by_messages(Places& leased, const Cases& cases) {
  const auto key = [&](std::size_t i) {
    std::string k;
    for (const auto& m : cases[i]->messages) k += m.fixture + m.made + "*" + std::to_string(m.count) + "+" + std::to_string(m.amount) + " ";
    return std::tuple(k, cases[i]->facts.mutates, i);
  };
  std::ranges::sort(leased, {}, key);
}

void take_refused(Plan& plan, const Cases& cases) {
  Places then;
  for (auto* queue : {&plan.leased, &plan.special, &plan.free, &plan.imap}) {
    for (const auto i : *queue) {
      if (cases[i]->facts.lets_logins_fail) (cases[i]->facts.logs_in ? plan.refused : then).push_back(i);
    }
    std::erase_if(*queue, [&](std::size_t i) { return cases[i]->facts.lets_logins_fail; });
  }
  plan.refused.insert(plan.refused.end(), then.begin(), then.end());
}

}  // namespace

Places Plan::in_order() const {
  Places out;
  for (const auto* queue : {&leased, &special, &free, &imap, &refused}) out.insert(out.end(), queue->begin(), queue->end());
  return out;
}

Plan make_plan(const Cases& cases, const scenario::Offer& offer, const PlanOptions& options) {
  Plan plan;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    plan.judged.push_back(outset(*cases[i], i, offer, options));
    if (std::holds_alternative<Abandoned>(plan.judged[i])) queue_of(plan, *cases[i]).push_back(i);
  }
  sort_by_messages(plan.leased, cases);
  if (options.refusals_last) take_refused(plan, cases);
  return plan;
}

}  // namespace mailspec::suite
