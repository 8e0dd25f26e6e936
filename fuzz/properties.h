// What the targets hold against what they run, beyond "no crash".
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace mailspec::fuzz {

// A property does not hold: says which, and stops the process. Not assert, because fuzzing builds may be release builds.
void require(bool holds, const char* what = nullptr);

// Properties that cost as much as what they are held against, or more, have their turn on some inputs only: more inputs find more. Which ones, a hash of the
// octets says, so that a finding stays one. Tests that replay the corpora give every input its turn.
class Turns {
 public:
  explicit Turns(std::string_view octets);
  // Is this input one of `every`? Each call tells of another property.
  bool next(unsigned every);
  static void give_all(bool all) { s_all = all; }

 private:
  static inline bool s_all = false;
  std::uint64_t x_left;
};

// Time in proportion to the input: some piece of `octets`, chosen by a hash of them, is repeated until there are 32 KiB, and these must not take far more
// than eight times the CPU of 4 KiB. Only for one input of `every`, for it takes long; what it finds it finds three times before it says so.
// What recurses as deep as its input falls over here, too.
void require_linear(std::string_view octets, unsigned every, const std::function<void(std::string_view)>& run);

}  // namespace mailspec::fuzz
