// Extensions of IMAP left out of the suite and the reference server at run time (`--without-extension`): the proof that an extension is a file a side.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/cli/library.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::cli {

// Takes an extension out of both registries, and what needs it. To be called before all else. An error says which extensions there are.
Status leave_out(std::string_view extension);

// Takes all that is of the extension out of the library: the only place that says what that is. `active` are the extensions that have words left, and
// `rules` the requirements of the standing rules that are left.
void drop(Library& library, const imap::Extension& extension, const std::vector<imap::Extension>& active, const std::vector<std::string>& rules);

// "without ID: 6 cases, 7 records and 4 deviations left out"; "" if nothing is left out.
std::string what_is_left_out(const Library& library);

}  // namespace mailspec::cli
