// The variations of extensions, which stand in imap/ext, and a server without an extension for each that the plain server offers.
#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reference_server/imap/extensions.h"
#include "reference_server/variations/variations.h"

namespace mailspec::reference {

namespace {
std::string slug(std::string_view capability) { return lower(replace_all(replace_all(std::string(capability), "=", "-"), "+", "-plus")); }
}  // namespace

std::vector<Switch> imap_extension_variations() {
  std::vector<Switch> out;
  for (const auto& row : imap::extensions()) {
    if (row.variations) {
      for (auto& variation : row.variations()) out.push_back(std::move(variation));
    }
    const auto leave_out = [id = row.id](Options& o) { o.imap.extensions = imap::without(o.imap.extensions, id); };
    Options plain, less;
    leave_out(less);
    // RFC 9051 6.3.1: ENABLE cannot be left out of what offers both revisions.
    if (less.imap.offered() == plain.imap.offered()) continue;
    out.push_back({"imap-no-" + slug(row.name), "", "has no " + std::string(row.name), leave_out});
  }
  return out;
}

}  // namespace mailspec::reference
