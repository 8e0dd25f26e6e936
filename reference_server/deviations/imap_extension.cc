// The deviations of extensions, which stand in imap/ext.
#include "reference_server/deviations/areas.h"
#include "reference_server/imap/extensions.h"

namespace mailspec::reference {

std::vector<Switch> imap_extension_deviations() {
  std::vector<Switch> out;
  for (const auto& row : imap::extensions()) {
    if (!row.deviations) continue;
    for (auto& deviation : row.deviations()) out.push_back(std::move(deviation));
  }
  return out;
}

}  // namespace mailspec::reference
