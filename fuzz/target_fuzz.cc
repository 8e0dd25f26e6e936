// The entry of a fuzzing engine, for the target that the build names.
#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mailspec::fuzz::MAILSPEC_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
