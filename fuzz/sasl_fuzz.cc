#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mailspec::fuzz::sasl({reinterpret_cast<const char*>(data), size});
  return 0;
}
