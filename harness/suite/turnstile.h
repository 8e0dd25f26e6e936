// Who may run beside whom.
#pragma once

#include <condition_variable>
#include <mutex>

namespace mailspec::suite {

// The cases in flight. Who would be alone waits until all others have left, and those who come wait for him.
class Turnstile {
 public:
  class Inside {
   public:
    explicit Inside(Turnstile& t) : x(t) {
      std::unique_lock lock(x.x_mutex);
      x.x_changed.wait(lock, [&] { return x.x_wish_to_be_alone == 0; });
      ++x.x_inside;
    }
    ~Inside() {
      const std::scoped_lock lock(x.x_mutex);
      --x.x_inside;
      x.x_changed.notify_all();
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

   private:
    Turnstile& x;
  };

  // For who is inside already.
  class Alone {
   public:
    explicit Alone(Turnstile& t) : x(t) {
      std::unique_lock lock(x.x_mutex);
      ++x.x_wish_to_be_alone;
      --x.x_inside;
      x.x_changed.notify_all();
      x.x_changed.wait(lock, [&] { return x.x_inside == 0; });
      ++x.x_inside;
    }
    ~Alone() {
      const std::scoped_lock lock(x.x_mutex);
      --x.x_wish_to_be_alone;
      x.x_changed.notify_all();
    }
    Alone(const Alone&) = delete;
    Alone& operator=(const Alone&) = delete;

   private:
    Turnstile& x;
  };

 private:
  std::mutex x_mutex;
  std::condition_variable x_changed;
  int x_inside = 0, x_wish_to_be_alone = 0;
};

}  // namespace mailspec::suite
