// What a broken requirement makes of its check.
#pragma once

#include <string>

#include "harness/oracle/catalogue.h"
#include "harness/oracle/rule.h"
#include "harness/result/result.h"

namespace mailspec::suite {

// A must fails; a should, and whatever is in doubt, warns. `revision`: 1 or 2 of IMAP4rev1 and IMAP4rev2, 0 for POP3.
result::Verdict verdict_of_breach(const oracle::Catalogue& catalogue, const std::string& requirement, int revision);

// As reports call it: wrong, close, hang, crash.
const char* kind_name(oracle::Finding::Kind kind);

// Keeps beside the check what it is by itself, before anybody asks what it follows from.
void add_basis(result::Check& check, result::Basis basis);

}  // namespace mailspec::suite
