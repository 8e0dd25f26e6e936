// What becomes of flags that are given to a server which does not keep them all.
#include "reference_server/options.h"

#include <algorithm>

#include "harness/base/ascii.h"

namespace mailspec::reference {

const std::vector<std::string>& fixed_keywords() {
  static const std::vector<std::string> kAll{"$Forwarded", "$Junk", "$MDNSent", "$NotJunk", "$Phishing"};
  return kAll;
}

bool ImapOptions::has_room_for(std::string_view keyword) const {
  if (choice("no-keywords")) return false;
  return !choice("fixed-keywords") || std::ranges::any_of(fixed_keywords(), [&](const auto& k) { return iequals(k, keyword); });
}

std::set<std::string> ImapOptions::as_appended(std::set<std::string> flags) const {
  std::erase_if(flags, [&](const std::string& f) { return !f.starts_with('\\') && !has_room_for(f); });
  if (choice("own-keyword")) flags.insert("$NotJunk");
  return flags;
}

}  // namespace mailspec::reference
