// Extensions of IMAP left out of the suite and the reference server at run time (`--without-extension`): the proof that an extension is a file a side.
#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.h"
#include "harness/suite/library.h"

namespace mailspec::cli {

// Takes an extension out of both registries, and what needs it. To be called before all else. An error says which extensions there are.
Status leave_out(std::string_view extension);

// "without ID: 6 cases, 7 records and 4 deviations left out"; "" if nothing is left out.
std::string what_is_left_out(const suite::Library& library);

}  // namespace mailspec::cli
