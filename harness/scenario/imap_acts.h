// What the sessions of an IMAP case do to a mailbox, seen beforehand: for servers that keep a mailbox to one session at a time.
#pragma once

#include <vector>

#include "harness/language/scenario.h"

namespace mailspec::scenario {

// What one connection does in a line, or in a step of its own.
struct Act {
  int line = 0;
  int connection = 1;
  Place place = Place::outside;
  bool looks = true;       // it changes nothing
  bool sends = false;      // it is a C line
  bool is_judged = false;  // something is at stake by then
};

Act act_of(const Sent& sent);
// Of a step that is no exchange.
Act act_of(const Step& step);
// All that connections do in the case, in its order. Comparisons, observations, waits and deliveries are nobody's.
std::vector<Act> acts_of(const Case& test);

}  // namespace mailspec::scenario
