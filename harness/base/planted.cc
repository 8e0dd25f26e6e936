#include "harness/base/planted.h"

#if MAILSPEC_PLANTED
#include <cstdlib>
#include <string>

namespace mailspec {

bool planted(std::string_view name) {
  static const std::string kPlant = [] {
    const char* given = std::getenv("MAILSPEC_PLANT");
    return std::string(given ? given : "");
  }();
  return kPlant == name;
}

}  // namespace mailspec
#endif
