// The server's processes, watched from outside where the target says which they are (Linux: /proc). What a hostile input does to them shows here even
// when the protocol shows nothing: a process has died, memory or descriptors have grown without bounds, one computes on when nobody waits for anything, or
// the log tells of a crash.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <set>
#include <string>

#include "harness/base/result.h"

namespace mailspec::target {

struct Usage {
  std::uint64_t processes = 0;  // the one that is named, and all that descend from it
  std::uint64_t resident = 0;   // octets, of all together
  std::uint64_t descriptors = 0;
  double processor = 0;       // seconds, with those of children that have ended
  std::set<pid_t> computing;  // those that want a processor at the time
};

class ProcessWatch {
 public:
  // How much more than at the beginning there may be: no input of the suite has more than 64 MiB.
  static constexpr std::uint64_t kMostResident = 512ull * 1024 * 1024, kMostDescriptors = 1000;
  // A process that computes so long without a rest, when all is answered and closed, is told of: what a server tidies up takes less, mostly.
  static constexpr double kMostBusy = 10;  // seconds

  // `pid`: a number, or a file that holds one; `log`: a file the server writes to. Either may be "". An error says what cannot be read.
  static Result<ProcessWatch> begin(const std::string& pid, const std::string& log);

  // What has gone wrong since the beginning, as a sentence; "" if nothing has. A thing is told once.
  std::string harm();
  // A process that computes now and does so for `most_busy` seconds more, as a sentence; "" if there is none. Such a one is waited for as long, and
  // told once. Nothing says that a server may not tidy up, so this is worth telling and no failure.
  std::string busy(double most_busy = kMostBusy);
  double processor_time() const;

 private:
  pid_t x_pid = 0;
  Usage x_before;
  std::set<pid_t> x_told_busy;
  std::string x_log;
  std::uint64_t x_log_read = 0;
};

// Of a process and its descendants; `processes` is 0 when it is gone.
Usage usage_of(pid_t pid);
// The first line that tells of a crash (a signal, an assertion, a sanitizer's report), or "".
std::string crash_in(std::string_view log);

}  // namespace mailspec::target
