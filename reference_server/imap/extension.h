// Which extensions of IMAP there are, and sets of them. What each adds is its row, in extensions.h.
#pragma once

#include <bitset>
#include <cstddef>

namespace mailspec::reference::imap {

enum class Extension {
#define EXTENSION(name) name,
#include "reference_server/imap/ext/registry.inc"
#undef EXTENSION
  count
};

class Extensions {
 public:
  bool has(Extension e) const { return x_bits[static_cast<std::size_t>(e)]; }
  Extensions& add(Extension e) { return x_bits.set(static_cast<std::size_t>(e)), *this; }
  Extensions& remove(Extension e) { return x_bits.reset(static_cast<std::size_t>(e)), *this; }
  bool operator==(const Extensions&) const = default;

 private:
  std::bitset<static_cast<std::size_t>(Extension::count)> x_bits;
};

// Those of the plain server.
Extensions default_extensions();
// `these` but `gone` and what needs it.
Extensions without(Extensions these, Extension gone);
// Those that are in force: the `offered`, and under IMAP4rev2 those that RFC 9051 has taken in.
Extensions in_force(Extensions offered, bool rev2);

}  // namespace mailspec::reference::imap
