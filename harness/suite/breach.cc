#include "harness/suite/breach.h"

#include <utility>

namespace mailspec::suite {

using oracle::Finding;

result::Verdict verdict_of_breach(const oracle::Catalogue& catalogue, const std::string& requirement, int revision) {
  const auto* r = catalogue.find(requirement);
  return r && r->can_fail(revision) ? result::Verdict::fail : result::Verdict::warn;
}

const char* kind_name(Finding::Kind kind) {
  switch (kind) {
    case Finding::Kind::wrong: return "wrong";
    case Finding::Kind::closed: return "close";
    case Finding::Kind::hang: return "hang";
    case Finding::Kind::crash: return "crash";
  }
  return "wrong";
}

void add_basis(result::Check& check, result::Basis basis) {
  basis.alone = check.verdict;
  basis.reason = check.reason;
  check.basis = std::move(basis);
}

}  // namespace mailspec::suite
