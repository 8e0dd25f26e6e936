// The smallest input that still does the same harm.
#pragma once

#include <functional>

#include "harness/scenario/runner.h"

namespace mailspec::suite {

// What is left of `input` when all is taken out that `still` can do without: whole lines first, then pieces of them, by halves down to single octets. A line's
// end stays as long as the line. `still` says whether the harm shows again; it is asked as often as there is something to try, and ends the search by saying
// no. Never larger than `input`, which is taken to do harm.
// `over` ends the search, too, before the next piece is even looked at.
scenario::Input smaller(
    scenario::Input input, const std::function<bool(const scenario::Input&)>& still, const std::function<bool()>& over = [] { return false; });

// Octets of all lines together.
std::size_t size_of(const scenario::Input& input);

}  // namespace mailspec::suite
