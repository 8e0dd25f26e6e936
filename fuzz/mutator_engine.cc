// Hands the mutator to libFuzzer, and to engines that speak its language. Half of the changes are the engine's own, where it has any.
#include <algorithm>
#include <cstring>
#include <string>

#include "fuzz/mutator.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t limit) __attribute__((weak));

namespace {

std::string_view text_at(const std::uint8_t* data, std::size_t size) { return {reinterpret_cast<const char*>(data), size}; }

std::size_t put(const std::string& text, std::uint8_t* data, std::size_t limit) {
  const auto size = std::min(text.size(), limit);
  std::memcpy(data, text.data(), size);
  return size;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t limit, unsigned int seed) {
  if (LLVMFuzzerMutate && (seed & 1)) return LLVMFuzzerMutate(data, size, limit);
  return put(mailspec::fuzz::mutate(text_at(data, size), seed >> 1, limit), data, limit);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* first, std::size_t first_size, const std::uint8_t* second, std::size_t second_size,
                                                 std::uint8_t* out, std::size_t limit, unsigned int seed) {
  return put(mailspec::fuzz::splice(text_at(first, first_size), text_at(second, second_size), seed, limit), out, limit);
}
