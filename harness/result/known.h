// known.toml: checks that are expected to fail on one target, each with its reason (design section 7).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/result/result.h"

namespace mailspec::result {

// `version`: the row holds only where the server's version, or its greeting, has this text. `until`: YYYY-MM-DD, the last day it holds.
struct KnownRow {
  std::string id, reason, seen, version, until, link;
  int line = 0;
};

// YYYY-MM-DD.
bool is_date(std::string_view text);
// [[known]] tables. Duplicates, missing reasons unknown keys and dates that are none are errors.
Result<std::vector<KnownRow>> parse_known(const std::string& path, std::string_view text);
std::string write_known(const std::vector<KnownRow>& rows);

// Excuses the failures that are known. Rows of no check, expired ones and those whose check ran and passed become trouble:
// `all_ids` are the checks that exist, `today` is YYYY-MM-DD.
void apply_known(Run& run, const std::vector<KnownRow>& rows, const std::vector<std::string>& all_ids, const std::string& today, const std::string& path);

}  // namespace mailspec::result
