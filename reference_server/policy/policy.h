// Policies: decisions of a server that faults replace as a whole. A method is one decision and names its RFC section; it decides as the RFC says,
// unless the server has been given the fault. Sessions own their policies, ask them, and know of no fault themselves.
#pragma once

#include <string_view>

#include "harness/base/planted.h"
#include "reference_server/options.h"

namespace mailspec::reference {

class Policy {
 public:
  explicit Policy(const Options& options) : x_options(options) {}

 protected:
  bool fault(Fault f) const { return x_options.fault(f) || planted(name_of(f)); }
  // Of faults that are one for each `what`.
  bool fault(Fault f, std::string_view what) const { return x_options.faults.has(f, what); }

  const Options& x_options;
};

}  // namespace mailspec::reference
