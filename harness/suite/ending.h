// Whether a run is to end before all is done, and what trouble it has had. May be used from all lanes at once.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace mailspec::suite {

class Ending {
 public:
  // `interrupt` is set by others; it outlives this. nullptr: nobody interrupts.
  explicit Ending(const std::atomic<bool>* interrupt = nullptr) : x_interrupt(interrupt) {}

  // Trouble of the harness or the environment that the report tells of; the run goes on.
  void note(std::string trouble) {
    const std::scoped_lock lock(x_mutex);
    x_troubles.push_back(std::move(trouble));
  }
  // What has not begun is not run any more. Only the first reason is told.
  void stop(std::string why) {
    const std::scoped_lock lock(x_mutex);
    if (!x_given_up) x_troubles.push_back(std::move(why));
    x_given_up = true;
  }
  bool given_up() const { return x_given_up; }
  bool interrupted() const { return x_interrupt && *x_interrupt; }
  bool stopped() const { return given_up() || interrupted(); }
  std::vector<std::string> troubles() const {
    const std::scoped_lock lock(x_mutex);
    return x_troubles;
  }

 private:
  const std::atomic<bool>* x_interrupt;
  mutable std::mutex x_mutex;
  std::vector<std::string> x_troubles;
  std::atomic<bool> x_given_up{false};
};

}  // namespace mailspec::suite
