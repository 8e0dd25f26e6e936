#include "harness/result/causes.h"

#include <algorithm>
#include <tuple>

namespace mailspec::result {

namespace {

bool is_of(const BrokenStake& stake, const std::string& id) { return std::ranges::find(stake.ids, id) != stake.ids.end(); }

bool alike(const BrokenStake& a, const BrokenStake& b) { return a.footing.form == b.footing.form && a.footing.symptom == b.footing.symptom; }

bool is_own(const BrokenStake& stake, const std::set<std::string>& who) {
  return std::ranges::any_of(stake.ids, [&](const auto& id) { return who.contains(id); });
}

class Attribution {
 public:
  Attribution(const std::vector<BrokenStake>& broken, const std::map<std::string, BrokenRule>& rules, const Grounds& grounds)
      : x_broken(broken), x_rules(rules), x_grounds(grounds), x_of(broken.size()) {}

  Causes run() {
    for (std::size_t i = 0; i < x_broken.size(); ++i) x_of[i] = rule_of(x_broken[i]);
    for (std::size_t i = 0; i < x_broken.size(); ++i) {
      if (x_of[i].empty()) x_of[i] = owner_of_form(x_broken[i]);
    }
    // Only what stands so far can be the cause of what relied on it.
    const auto so_far = x_of;
    for (std::size_t i = 0; i < x_broken.size(); ++i) {
      if (x_of[i].empty()) x_of[i] = owner_of_act(x_broken[i], so_far);
    }
    Causes out{x_of, {}};
    for (std::size_t i = 0; i < x_broken.size(); ++i) {
      for (const auto& id : x_broken[i].ids) {
        if (out.of_stakes[i].empty()) out.of_stakes[i] = ground_of(id, {x_broken[i].protocol, x_broken[i].footing.symptom == "hang"});
      }
    }
    for (const auto& [id, rule] : x_rules) {
      // That nothing came may be the outcome of anything.
      if (auto ground = ground_of(id, {rule.protocol, false}); !ground.empty()) out.of_rules[id] = std::move(ground);
    }
    return out;
  }

 private:
  std::string rule_of(const BrokenStake& stake) const {
    for (const auto& rule : stake.rules_here) {
      if (std::ranges::none_of(stake.ids, [&](const auto& id) { return x_grounds.rests(rule, id); })) return rule;
    }
    return {};
  }

  const std::set<std::string>& owners_of(const std::string& form) const {
    static const std::set<std::string> kNobody;
    const auto it = x_grounds.owners.find(form);
    return it == x_grounds.owners.end() ? kNobody : it->second;
  }

  // What the owner itself broke at stands.
  std::string owner_of_form(const BrokenStake& stake) const {
    const auto& who = owners_of(stake.footing.form);
    if (is_own(stake, who)) return {};
    for (const auto& owner : who) {
      if (x_grounds.works.contains(owner)) continue;
      const bool by_stake = std::ranges::any_of(x_broken, [&](const auto& other) { return is_of(other, owner) && alike(other, stake); });
      if (by_stake || stake.rules_in_case.contains(owner)) return owner;
    }
    return {};
  }

  std::string owner_of_act(const BrokenStake& stake, const std::vector<std::string>& so_far) const {
    if (is_own(stake, owners_of(stake.footing.form))) return {};
    for (const auto& act : stake.footing.acts) {
      const auto& who = owners_of(act);
      if (is_own(stake, who)) continue;
      for (std::size_t k = 0; k < x_broken.size(); ++k) {
        const auto& other = x_broken[k];
        if (!so_far[k].empty() || !other.footing.acts.contains(act) || !alike(other, stake)) continue;
        for (const auto& id : other.ids) {
          if (who.contains(id) && !x_grounds.works.contains(id)) return id;
        }
      }
    }
    return {};
  }

  // May what is broken like `ground` be why something is broken like `what`?
  static bool may_cause(const BrokenRule& ground, const BrokenRule& what) {
    return (ground.hang || !what.hang) && (ground.protocol.empty() || what.protocol.empty() || ground.protocol == what.protocol);
  }

  // Is the requirement broken in a way that may be the cause, and by nobody else's fault?
  bool stands(const std::string& id, const BrokenRule& what) {
    const auto key = std::tuple(id, what.protocol, what.hang);
    if (const auto it = x_stands.find(key); it != x_stands.end()) return it->second;
    const auto rule = x_rules.find(id);
    bool broken = rule != x_rules.end() && may_cause(rule->second, what);
    for (std::size_t i = 0; i < x_broken.size() && !broken; ++i) {
      const auto& stake = x_broken[i];
      broken = x_of[i].empty() && is_of(stake, id) && may_cause({stake.protocol, stake.footing.symptom == "hang"}, what);
    }
    x_stands[key] = false;  // within a circle
    return x_stands[key] = broken && ground_of(id, what).empty();
  }

  // What `id` rests on and is broken, or "".
  std::string ground_of(const std::string& id, const BrokenRule& what) {
    const auto it = x_grounds.rests_on.find(id);
    if (it == x_grounds.rests_on.end() || !x_asked.insert(id).second) return {};  // a circle, which lint refuses, has no ground
    std::string found;
    for (const auto& on : it->second) {
      if (stands(on, what)) found = on;
      else found = ground_of(on, what);
      if (!found.empty()) break;
    }
    if (found == id) found.clear();
    x_asked.erase(id);
    return found;
  }

  const std::vector<BrokenStake>& x_broken;
  const std::map<std::string, BrokenRule>& x_rules;
  const Grounds& x_grounds;
  std::vector<std::string> x_of;
  std::map<std::tuple<std::string, std::string, bool>, bool> x_stands;
  std::set<std::string> x_asked;  // that are being asked for their grounds
};

}  // namespace

bool Grounds::rests(const std::string& id, const std::string& on) const {
  const auto it = rests_on.find(id);
  if (it == rests_on.end()) return false;
  return std::ranges::any_of(it->second, [&](const auto& ground) { return ground == on || rests(ground, on); });
}

Causes attribute(const std::vector<BrokenStake>& broken, const std::map<std::string, BrokenRule>& rules, const Grounds& grounds) {
  return Attribution(broken, rules, grounds).run();
}

namespace {

Grounds grounds_of(const oracle::Catalogue& catalogue) {
  Grounds out;
  for (const auto& [id, r] : catalogue.all()) {
    for (const auto& form : r.forms) out.owners[form].insert(id);
    if (!r.rests.empty()) out.rests_on[id] = r.rests;
  }
  return out;
}

// "imap" or "pop3", by where the scenario stands; "" for those of both.
std::string protocol_of(const std::string& scenario) {
  for (const auto* protocol : {"imap", "pop3"}) {
    if (scenario.starts_with(std::string(protocol) + "/")) return protocol;
  }
  return {};
}

BrokenRule broken_rule(const Check& c) {
  BrokenRule out{c.broken_in.empty() ? "" : protocol_of(c.broken_in[0]), c.kind == "hang"};
  if (std::ranges::any_of(c.broken_in, [&](const auto& name) { return protocol_of(name) != out.protocol; })) out.protocol.clear();
  return out;
}

}  // namespace

void find_causes(Run& run, const oracle::Catalogue& catalogue) {
  std::vector<BrokenStake> broken;
  std::map<std::string, BrokenRule> rules;
  for (auto& c : run.checks) {
    if (!c.basis) continue;
    c.verdict = c.basis->alone, c.reason = c.basis->reason, c.follows = false;
    if (c.scenario.empty()) rules.emplace(c.requirement, broken_rule(c));
    else broken.push_back({{c.requirement}, c.basis->footing, c.basis->rules_here, c.basis->rules_in_case, protocol_of(c.scenario)});
  }
  auto grounds = grounds_of(catalogue);
  for (const auto& c : run.checks) {
    if (c.verdict == Verdict::pass && !c.scenario.empty()) grounds.works.insert(c.requirement);
  }
  const auto causes = attribute(broken, rules, grounds);
  std::size_t next = 0;
  for (auto& c : run.checks) {
    if (!c.basis) continue;
    const auto rule = causes.of_rules.find(c.requirement);
    const auto& from = !c.scenario.empty() ? causes.of_stakes[next++] : rule == causes.of_rules.end() ? std::string() : rule->second;
    if (from.empty()) continue;
    c.verdict = Verdict::inconclusive;
    c.follows = true;
    c.reason = "follows from the failure of " + from + ": " + c.basis->reason;
  }
}

}  // namespace mailspec::result
