// An extension of IMAP taken out of a library, as if nobody had written it.
#pragma once

#include <string>
#include <vector>

#include "harness/imap/vocabulary.h"
#include "harness/suite/library.h"

namespace mailspec::suite {

// Takes all that is of the extension out of the library: the only place that says what that is. `active` are the extensions that have words left, and
// `rules` the requirements of the standing rules that are left.
void drop(suite::Library& library, const imap::Extension& extension, const std::vector<imap::Extension>& active, const std::vector<std::string>& rules);

}  // namespace mailspec::suite
