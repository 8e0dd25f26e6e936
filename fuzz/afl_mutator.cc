// The mutator for AFL++, which calls it in turn with its own ways (AFL_CUSTOM_MUTATOR_LIBRARY).
#include <cstdint>
#include <new>
#include <random>
#include <string>

#include "fuzz/mutator.h"

namespace {

struct Mutator {
  std::minstd_rand random;
  std::string made;
};

std::string_view text_at(const std::uint8_t* data, std::size_t size) { return {reinterpret_cast<const char*>(data), size}; }

}  // namespace

extern "C" void* afl_custom_init(void*, unsigned int seed) { return new (std::nothrow) Mutator{std::minstd_rand(seed), {}}; }
extern "C" void afl_custom_deinit(void* mutator) { delete static_cast<Mutator*>(mutator); }

extern "C" std::size_t afl_custom_fuzz(void* mutator, std::uint8_t* data, std::size_t size, std::uint8_t** out, std::uint8_t* other, std::size_t other_size,
                                       std::size_t limit) {
  auto& m = *static_cast<Mutator*>(mutator);
  const auto seed = static_cast<std::uint32_t>(m.random());
  m.made = other && other_size && seed % 8 == 0 ? mailspec::fuzz::splice(text_at(data, size), text_at(other, other_size), seed, limit)
                                                : mailspec::fuzz::mutate(text_at(data, size), seed, limit);
  *out = reinterpret_cast<std::uint8_t*>(m.made.data());
  return m.made.size();
}
