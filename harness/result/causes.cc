#include "harness/result/causes.h"

#include <algorithm>
#include <string_view>

namespace mailspec::result {

namespace {

constexpr const char* kBye = "rfc9051/3.4/bye-before-close";  // a standing rule's that is broken by the end of a connection

bool is_of(const BrokenStake& stake, const std::string& id) { return std::ranges::find(stake.ids, id) != stake.ids.end(); }

bool alike(const BrokenStake& a, const BrokenStake& b) { return a.footing.form == b.footing.form && a.footing.symptom == b.footing.symptom; }

// What only warns is no reason for what fails in another case.
bool weighs(const BrokenStake& ground, const BrokenStake& stake) { return !ground.warns || stake.warns || ground.in_case == stake.in_case; }

// The command of a form: "FETCH" of "UID FETCH" and of "FETCH BODY[]".
std::string_view command_of(std::string_view form) {
  if (form.starts_with("UID ")) form.remove_prefix(4);
  return form.substr(0, form.find(' '));
}

bool is_own(const BrokenStake& stake, const std::set<std::string>& who) {
  return std::ranges::any_of(stake.ids, [&](const auto& id) { return who.contains(id); });
}

class Attribution {
 public:
  Attribution(const std::vector<BrokenStake>& broken, const std::map<std::string, BrokenRule>& rules, const Grounds& grounds)
      : x_broken(broken), x_rules(rules), x_grounds(grounds), x_of(broken.size()) {
    for (std::size_t i = 0; i < broken.size(); ++i) {
      for (const auto& id : broken[i].ids) x_with[id].push_back(i);
    }
  }

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
      x_stands.clear();
      for (const auto& id : x_broken[i].ids) {
        if (out.of_stakes[i].empty()) out.of_stakes[i] = ground_of(id, of_stake(x_broken[i]));
      }
    }
    for (const auto& [id, rule] : x_rules) {
      x_stands.clear();
      // That nothing came may be the outcome of anything.
      auto what = of_rule(rule);
      what.hang = false;
      if (auto ground = ground_of(id, what); !ground.empty()) out.of_rules[id] = std::move(ground);
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
      const bool by_stake =
          std::ranges::any_of(x_broken, [&](const auto& other) { return is_of(other, owner) && alike(other, stake) && weighs(other, stake); });
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
        if (!so_far[k].empty() || !other.footing.acts.contains(act) || !alike(other, stake) || !weighs(other, stake)) continue;
        for (const auto& id : other.ids) {
          if (who.contains(id) && !x_grounds.works.contains(id)) return id;
        }
      }
    }
    return {};
  }

  // What is broken, as far as grounds go: a stake, or what a standing rule has found.
  struct What {
    std::string_view protocol;
    bool hang = false, warns = false;
    const BrokenStake* stake = nullptr;
    const BrokenRule* rule = nullptr;
  };
  static What of_stake(const BrokenStake& stake) { return {stake.protocol, stake.footing.symptom == "hang", stake.warns, &stake, nullptr}; }
  static What of_rule(const BrokenRule& rule) { return {rule.protocol, rule.hang, rule.warns, nullptr, &rule}; }

  // May the ground be why the other is broken?
  bool may_cause(const What& ground, const What& what) const {
    if ((what.hang && !ground.hang) || (!ground.protocol.empty() && !what.protocol.empty() && ground.protocol != what.protocol)) return false;
    // An answer that is wrong has no missing BYE elsewhere for its cause, nor has what a rule says of one.
    if (ground.rule && ground.rule->ended && (what.rule || !is_silent(*what.stake))) return false;
    if (!ground.stake) return true;
    // What an attack has done, a rule has found where the attack was.
    if (what.rule) return !is_attack(*ground.stake) || what.rule->cases.contains(ground.stake->in_case);
    if (is_attack(*ground.stake) && !is_attack(*what.stake) && what.stake->footing.symptom == "wrong" && what.stake->in_case != ground.stake->in_case)
      return false;
    return (!ground.hang || is_silent(*what.stake)) && are_related(*ground.stake, *what.stake);
  }

  // What was due did not come: a hang, an end, or another answer in its place.
  static bool is_silent(const BrokenStake& stake) { return stake.footing.symptom != "refused" && stake.footing.symptom != "wrong"; }

  static bool is_attack(const BrokenStake& stake) {
    return std::ranges::any_of(stake.ids, [](const auto& id) { return id.starts_with("security/"); });
  }

  // A ground that holds elsewhere is broken in some form only: the case of the other must have used one of the commands at which it broke.
  bool are_related(const BrokenStake& ground, const BrokenStake& what) const {
    const auto& at = ground.footing;
    const auto& symptom = at.symptom;
    if (is_none_of_works(ground) || at.form.empty() || what.footing.uses.empty() || symptom == "hang") return true;
    // A connection that was closed elsewhere has touched nothing that was answered.
    if (symptom == "closed") return what.footing.symptom == "closed";
    // Nor has a command that was refused elsewhere touched what was answered with OK. POP3 may refuse a line for its length, whatever the command.
    if (symptom == "refused" && (ground.protocol != "pop3" || is_own(ground, owners_of(at.form))))
      return (what.footing.symptom == "refused" || what.footing.symptom == "closed") && command_of(what.footing.form) == command_of(at.form);
    // News may be told with any command; what is due to one command with that alone.
    if (symptom == "missing" && !is_own(ground, owners_of(at.form))) return true;
    if (ground.protocol == "pop3") return true;  // what is answered out of step may be any command
    const auto used = [&](std::string_view form) {
      const auto command = command_of(form);
      return command_of(what.footing.form) == command || std::ranges::any_of(what.footing.uses, [&](const auto& use) { return command_of(use) == command; });
    };
    // Set-up has appended in most cases: there APPEND counts only where both have acted by it.
    return used(at.form) || std::ranges::any_of(at.acts, [&](const auto& act) { return act == "APPEND" ? what.footing.acts.contains(act) : used(act); });
  }

  bool is_none_of_works(const BrokenStake& stake) const {
    return std::ranges::none_of(stake.ids, [&](const auto& id) { return x_grounds.works.contains(id); });
  }

  // Is the requirement broken in a way that may be the cause, and by nobody else's fault?
  bool stands(const std::string& id, const What& what) {
    if (const auto it = x_stands.find(id); it != x_stands.end()) return it->second;
    const auto rule = x_rules.find(id);
    const auto stakes = x_with.find(id);
    const auto causes = [&](const What& ground) { return (!ground.warns || what.warns || is_found_where(ground, id, what)) && may_cause(ground, what); };
    bool broken = rule != x_rules.end() && causes(of_rule(rule->second));
    for (std::size_t k = 0; stakes != x_with.end() && k < stakes->second.size() && !broken; ++k) {
      const auto i = stakes->second[k];
      broken = x_of[i].empty() && causes(of_stake(x_broken[i]));
    }
    x_stands[id] = false;  // within a circle
    return x_stands[id] = broken && ground_of(id, what).empty();
  }

  // Was the ground found in the case itself, or its requirement in all cases in which a standing rule has found this?
  bool is_found_where(const What& ground, const std::string& id, const What& what) const {
    if (what.stake) return ground.stake ? ground.stake->in_case == what.stake->in_case : ground.rule->cases.contains(what.stake->in_case);
    const auto rule = x_rules.find(id);
    const auto stakes = x_with.find(id);
    return !what.rule->cases.empty() && std::ranges::all_of(what.rule->cases, [&](const auto& name) {
      const auto stands_there = [&](std::size_t i) { return x_broken[i].in_case == name; };
      return (rule != x_rules.end() && rule->second.cases.contains(name)) || (stakes != x_with.end() && std::ranges::any_of(stakes->second, stands_there));
    });
  }

  bool is_broken(const std::string& id) const { return x_with.contains(id) || x_rules.contains(id); }

  // What `id` rests on and is broken, or "". What lies between them is broken, too: a ground of what works has done no harm.
  std::string ground_of(const std::string& id, const What& what) {
    const auto it = x_grounds.rests_on.find(id);
    if (it == x_grounds.rests_on.end() || !x_asked.insert(id).second) return {};  // a circle, which lint refuses, has no ground
    std::string found;
    for (const auto& on : it->second) {
      if (stands(on, what)) found = on;
      else if (is_broken(on)) found = ground_of(on, what);
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
  std::map<std::string, std::vector<std::size_t>> x_with;  // the stakes of each requirement
  std::map<std::string, bool> x_stands;                    // for what is asked about
  std::set<std::string> x_asked;                           // that are being asked for their grounds
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
  BrokenRule out{c.broken_in.empty() ? "" : protocol_of(c.broken_in[0]),
                 c.kind == "hang",
                 {c.broken_in.begin(), c.broken_in.end()},
                 c.requirement == kBye,
                 c.basis->alone == Verdict::warn};
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
    else
      broken.push_back({{c.requirement},
                        c.basis->footing,
                        c.basis->rules_here,
                        c.basis->rules_in_case,
                        protocol_of(c.scenario),
                        c.id.substr(c.id.find('@') + 1),
                        c.basis->alone == Verdict::warn});
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
