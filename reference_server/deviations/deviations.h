// Deviations: named switches, each of which makes the reference server break one requirement.
// Variations: named switches for what the RFCs allow. Both change the Options a server is made with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reference_server/options.h"

namespace mailspec::reference {

struct Switch {
  std::string name;
  std::string requirement;  // the one it breaks; "" for a variation
  std::string about;        // what the server then does
  void (*apply)(Options&);
};

const std::vector<Switch>& deviations();
const std::vector<Switch>& variations();

// nullptr if there is none of that name.
const Switch* find(const std::vector<Switch>& switches, std::string_view name);

}  // namespace mailspec::reference
