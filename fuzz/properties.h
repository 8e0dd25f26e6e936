// What the targets hold against what they run, beyond "no crash".
#pragma once

#include <functional>
#include <string_view>

namespace mailspec::fuzz {

// A property does not hold: says which, and stops the process. Not assert, because fuzzing builds may be release builds.
void require(bool holds, const char* what = nullptr);

// Time in proportion to the input: some piece of `octets`, chosen by a hash of them, is repeated until there are 32 KiB, and these must not take far more
// than eight times the CPU of 4 KiB. Only for one input of `every`, for it takes long; what it finds it finds three times before it says so.
// What recurses as deep as its input falls over here, too.
void require_linear(std::string_view octets, unsigned every, const std::function<void(std::string_view)>& run);

}  // namespace mailspec::fuzz
