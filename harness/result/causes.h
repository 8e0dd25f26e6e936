// Which broken requirement has its cause in which other: decided once the run is assembled, so that one fault is accused once.
//
// A record of the catalogue may own forms (`form:`), as "UID SEARCH" or "FETCH BODY[]": it is the one that says that this form works. And it may rest on
// others (`rests:`): where one of those is broken it cannot be judged. A stake follows
// - from what a standing rule has found in the exchange where it broke, unless that rule's requirement rests on the stake's;
// - from the owner of the form where it broke, if a stake of the owner broke there in the same way. None of the owner's checks may hold;
// - from the owner of a form that its case had relied on before. A stake of the owner must have relied on it, too, and have broken in the same way;
// - from a requirement that its own rests on, if that is broken in the same protocol, and so is all that lies between. So does what a standing rule has found.
//   A failure follows from a warning of its own case only. What a standing rule has found in several cases follows if the warning stands in each of them.
//   A hang follows from a hang only. No answer, wrong or a refusal, follows from a hang elsewhere. An answer that is wrong does not follow from a BYE that was
//   missing elsewhere. A ground that holds elsewhere counts where the case has used a command at which it broke. If that command was refused, only other
//   refusals of it follow (in POP3, where a line may be refused for its length: only if the ground owns that form). If the connection was closed, only what was
//   closed follows. If a response was missing that the ground owns, only what has used that command follows. What an attack broke, a rule has found in the
//   attack's own case.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness/oracle/catalogue.h"
#include "harness/result/result.h"

namespace mailspec::result {

struct BrokenStake {
  std::vector<std::string> ids;  // the requirements at stake
  oracle::Footing footing;
  std::vector<std::string> rules_here;  // what standing rules have found in the same exchange, and may account for it
  std::set<std::string> rules_in_case;  // what standing rules have found in the case
  std::string protocol{};               // "imap" or "pop3"; "" where both are spoken
  std::string in_case{};                // as a rule's `cases`
  bool warns = false;                   // alone it is a warning, no failure
};

// A requirement that a standing rule has found broken.
struct BrokenRule {
  std::string protocol{};  // as above
  bool hang = false;
  std::set<std::string> cases{};  // in which it was found
  bool ended = false;             // a rule that only the end of a connection breaks
  bool warns = false;             // it is a warning, no failure
};

// What the catalogue says of forms and of what rests on what; and what works.
struct Grounds {
  std::map<std::string, std::set<std::string>, std::less<>> owners;       // of each form
  std::map<std::string, std::vector<std::string>, std::less<>> rests_on;  // without circles
  std::set<std::string> works{};  // requirements with a check that passes: a form that works somewhere is not what is broken
  // Does the one rest on the other, by any number of steps?
  bool rests(const std::string& id, const std::string& on) const;
};

struct Causes {
  std::vector<std::string> of_stakes;           // for each stake the requirement it follows from, or ""
  std::map<std::string, std::string> of_rules;  // for a standing rule's requirement that follows from another
};

// `rules`: the requirements that standing rules have found broken in the run.
Causes attribute(const std::vector<BrokenStake>& broken, const std::map<std::string, BrokenRule>& rules, const Grounds& grounds);

// What follows from another failure becomes inconclusive, and says from which. May be called again when more checks have come.
void find_causes(Run& run, const oracle::Catalogue& catalogue);

}  // namespace mailspec::result
