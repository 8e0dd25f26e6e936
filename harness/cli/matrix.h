// The matrix that proves the suite: each deviation against the cases that are to catch it, each variation against all.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/suite/library.h"

namespace mailspec::cli {

inline constexpr double kLossTold = 0.05;  // the share of the checks that a row may lose without a reason

// A requirement that a row has tripped, and the first check that did.
struct Tripped {
  std::string requirement, check, reason;
  std::size_t checks = 0;
};

// One row of the matrix.
struct Outcome {
  std::string name, requirement, about;
  bool good = false;                     // caught, or passed
  std::vector<std::string> caught_by{};  // checks of the requirement that did not pass
  std::vector<Tripped> tripped{};        // other requirements that failed or warned
  std::vector<std::string> unexplained{}, named{}, stale{};
  std::string costs{};
  double lost = 0;                        // share of the checks that pass on the plain server, and are not judged here
  std::vector<std::string> lost_first{};  // some of them, with the reason
  std::size_t cases = 0;                  // that were run
  std::string trouble{};
};

struct MatrixOptions {
  bool full = false;              // all cases for each deviation
  std::vector<std::string> only;  // names or globs of deviations, variations or requirements; none: all
  int mixes = 3;                  // of variations
  std::size_t long_way = 20;      // deviations that `compare_long` draws
  std::uint64_t seed = 1;         // of what is drawn
};

struct Matrix {
  std::vector<Outcome> deviations, variations;
  std::vector<std::string> differing;  // deviations of which the long way says something else; see `compares_long`
};
// Runs until all is done or the process is interrupted. `compares_long`: some deviations over all cases, too, with what differs.
Matrix make_matrix(const suite::Library& library, const MatrixOptions& options, bool compares_long);

}  // namespace mailspec::cli
