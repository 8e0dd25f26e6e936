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
    explicit Inside(Turnstile& t) : x_turnstile(t) {
      std::unique_lock lock(x_turnstile.x_mutex);
      x_turnstile.x_changed.wait(lock, [&] { return x_turnstile.x_wish_to_be_alone == 0; });
      ++x_turnstile.x_inside;
    }
    ~Inside() {
      const std::scoped_lock lock(x_turnstile.x_mutex);
      --x_turnstile.x_inside;
      x_turnstile.x_changed.notify_all();
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

   private:
    Turnstile& x_turnstile;
  };

  // For who is inside already.
  class Alone {
   public:
    explicit Alone(Turnstile& t) : x_turnstile(t) {
      std::unique_lock lock(x_turnstile.x_mutex);
      ++x_turnstile.x_wish_to_be_alone;
      --x_turnstile.x_inside;
      x_turnstile.x_changed.notify_all();
      x_turnstile.x_changed.wait(lock, [&] { return x_turnstile.x_inside == 0; });
      ++x_turnstile.x_inside;
    }
    ~Alone() {
      const std::scoped_lock lock(x_turnstile.x_mutex);
      --x_turnstile.x_wish_to_be_alone;
      x_turnstile.x_changed.notify_all();
    }
    Alone(const Alone&) = delete;
    Alone& operator=(const Alone&) = delete;

   private:
    Turnstile& x_turnstile;
  };

 private:
  std::mutex x_mutex;
  std::condition_variable x_changed;
  int x_inside = 0, x_wish_to_be_alone = 0;
};

}  // namespace mailspec::suite
