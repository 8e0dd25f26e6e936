// Results held against one another: an earlier run of a server against a later one, and servers side by side.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/result/result.h"

namespace mailspec::result {

// A check in two runs; either may be absent.
struct Change {
  const Check* before = nullptr;
  const Check* after = nullptr;
  const std::string& id() const { return (after ? after : before)->id; }
};

struct Comparison {
  std::vector<Change> broke;   // kept before, broken now, and not excused: a regression
  std::vector<Change> mended;  // broken before, kept now
  std::vector<Change> fresh;   // judged now and not before: new in the suite, newly offered, newly tried
  std::vector<Change> lost;    // judged before, and now skipped, inconclusive or absent
  std::vector<Change> still;   // broken in both
  std::vector<std::string> no_longer_offered, newly_offered;
  std::size_t same = 0;
  std::string no_verdict;  // why one of the runs proves nothing; "" where both do
};

// `strict`: a warning counts as broken. A failure that is known counts as broken before, and as excused now.
// The runs must outlive the comparison.
Comparison compare(const Run& before, const Run& after, bool strict);

// 1 a regression; 5 where one of the runs gives no verdict; else 0.
int exit_status(const Comparison& comparison);

// What one server does with one requirement, by the worst of its checks. Known failures are failures here: they are excused to the server's
// own team, not to who compares servers.
struct Cell {
  std::string outcome;                        // fail, warn, inconclusive, pass, skip; "" where there is no check of it
  std::vector<const Check*> notes;            // those that fail or warn; of what is skipped the first
  std::map<std::string, std::size_t> counts;  // checks by outcome
};

struct Row {
  std::string requirement;
  const About* about = nullptr;  // null: not in any run's catalogue
  std::vector<Cell> cells;       // in the order of the runs
  bool differs = false;          // one server keeps it and another breaks it
  bool suspicious = false;       // every server that was judged, and more than one was, breaks it: is the suite right?
};

// Servers side by side, by requirement. The runs must outlive the rows.
std::vector<Row> side_by_side(const std::vector<Run>& runs);

}  // namespace mailspec::result
