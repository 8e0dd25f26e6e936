// How much time there still is: a run that is to end does not wait for what it would have waited for.
#pragma once

namespace mailspec::net {

enum class Haste {
  none,
  no_waits,  // the user wants the run to end: waiting for its own sake ends at once
  give_up,   // at once: every connection is as good as gone
};

// May be called by a signal handler.
void set_haste(Haste haste);
Haste haste();

// Has something been cut short on this thread since the last call? What was seen meanwhile says nothing about a server.
bool take_cut_short();
// Ends what would wait: notes that it was cut short, and says whether it is to be.
bool cut_short(Haste from);

}  // namespace mailspec::net
