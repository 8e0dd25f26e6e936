// Bugs planted for ci/fuzz-selftest, which shows that the fuzzers find them: at most one at a time, named by the environment variable MAILSPEC_PLANT,
// and only in a build with MAILSPEC_PLANTED. Anywhere else planted() is false, and nothing of it is compiled.
#pragma once

#include <string_view>

#include "build_kind.h"

namespace mailspec {

#if MAILSPEC_PLANTED
bool planted(std::string_view name);
#else
constexpr bool planted(std::string_view) { return false; }
#endif

}  // namespace mailspec
