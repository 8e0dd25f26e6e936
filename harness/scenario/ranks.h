// Are two samples of one kind? Mann and Whitney's test, which asks nothing of how values are spread.
#pragma once

#include <vector>

namespace mailspec {

// How likely ranks as far apart as these are if both samples come from one source: from 0 to 1, both sides, by the normal approximation with
// correction for ties. 1 if there is nothing to compare. Good from some eight values each.
double same_source(const std::vector<double>& a, const std::vector<double>& b);

double median(std::vector<double> values);  // 0 of none

}  // namespace mailspec
