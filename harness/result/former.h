// Checks whose scenario has moved to another file. `was:` in its header names the files it was in; rows of known.toml, reports and selectors
// that were written before then still hold.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/result/known.h"
#include "harness/result/result.h"

namespace mailspec::result {

// Present names by former ones: of checks ("rfc1/2/a@imap/old.imap#row~rev1") and of cases ("imap/old.imap#row~rev1").
using Former = std::map<std::string, std::string, std::less<>>;

// The present name of a check or a case; what has not moved keeps its name.
std::string present(const Former& former, const std::string& name);

// Gives all that has moved its present name.
void rename(Run& run, const Former& former);
void rename(std::vector<KnownRow>& rows, const Former& former);

}  // namespace mailspec::result
