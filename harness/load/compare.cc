// The final checkpoint: all that look at one mailbox must have the same picture of it.
#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/load/talker.h"

namespace mailspec::load {

namespace {

using Picture = std::map<std::uint64_t, std::string>;

void disagree(Tally& tally, const char* requirement, std::string what, int session, const Talker& talker) {
  oracle::Finding f;
  f.requirement = requirement;
  f.what = std::move(what);
  f.event = talker.trace().events.empty() ? 0 : talker.trace().events.size() - 1;
  tally.found(f, session, talker.trace());
}

void compare_two(const Picture& a, const Picture& b, int first, int second, const Talker& talker, Tally& tally) {
  const auto who = [&](int n) { return "session " + std::to_string(n); };
  for (const auto& [uid, flags] : a) {
    const auto it = b.find(uid);
    if (it == b.end())
      return disagree(tally, "rfc9051/7/expunge-told", "at the end " + who(first) + " has UID " + std::to_string(uid) + ", " + who(second) + " has not", second,
                      talker);
    if (it->second != flags)
      return disagree(
          tally, "rfc9051/2.3.2/permanent-flags-shared",
          "at the end UID " + std::to_string(uid) + " has the flags (" + flags + ") for " + who(first) + ", (" + it->second + ") for " + who(second), second,
          talker);
  }
  for (const auto& [uid, flags] : b) {
    if (!a.contains(uid))
      return disagree(tally, "rfc9051/7/expunge-told", "at the end " + who(second) + " has UID " + std::to_string(uid) + ", " + who(first) + " has not", second,
                      talker);
  }
}

}  // namespace

void compare(const std::vector<std::unique_ptr<Talker>>& talkers, Tally& tally) {
  std::map<std::string, int> first;  // of each place, who has a picture
  for (std::size_t i = 0; i < talkers.size(); ++i) {
    const auto& t = *talkers[i];
    if (!t.picture()) continue;
    const int n = static_cast<int>(i);
    if (const auto [it, fresh] = first.emplace(t.place(), n); !fresh) {
      tally.agreed = true;
      compare_two(*talkers[static_cast<std::size_t>(it->second)]->picture(), *t.picture(), it->second, n, t, tally);
    }
    for (const auto& [uid, set] : t.owned()) {
      const auto there = t.picture()->find(uid);
      if (there == t.picture()->end()) continue;
      const auto flags = words(there->second);
      if ((std::ranges::find(flags, lower(t.keyword())) != flags.end()) == set) continue;
      disagree(tally, "rfc9051/6.4.6/other-flags-stay",
               "session " + std::to_string(n) + " alone sets " + t.keyword() + ", and UID " + std::to_string(uid) +
                   (set ? " has lost it" : " has it although it was taken off") + ": (" + there->second + ")",
               n, t);
    }
  }
}

}  // namespace mailspec::load
