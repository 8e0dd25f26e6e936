#include "harness/net/haste.h"

#include <atomic>
#include <utility>

namespace mailspec::net {

namespace {
std::atomic<Haste> g_haste{Haste::none};
thread_local bool t_cut_short = false;
}  // namespace

void set_haste(Haste haste) { g_haste = haste; }
Haste haste() { return g_haste; }

bool take_cut_short() { return std::exchange(t_cut_short, false); }

bool cut_short(Haste from) {
  if (g_haste.load() < from) return false;
  t_cut_short = true;
  return true;
}

}  // namespace mailspec::net
