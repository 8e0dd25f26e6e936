// Result<T>: a value, or an Error that says what went wrong and where.
#pragma once

#include <cassert>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>

namespace mailspec {

// Our own or the environment's trouble. What a server under test does wrong is never an Error but a Finding.
struct Error {
  enum class Kind {
    usage,        // the user asked for something that does not exist
    config,       // a target, known-failures or scenario file is wrong
    unreachable,  // no connection could be made
    closed,       // the peer ended the connection
    timeout,      // nothing came in time
    malformed,    // what came breaks the protocol
    limit,        // a bound of the harness was reached, or the server does not take what was to be given
    setup,        // a precondition of a case could not be established
    internal,     // trouble of the harness
  };
  Kind kind = Kind::internal;
  std::string what;        // a sentence for people: what, where, and how to mend it
  std::size_t offset = 0;  // octet offset in the input the error is about, where there is one
};

struct Unit {};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : x_value(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : x_value(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return x_value.index() == 0; }
  T& operator*() { return std::get<0>(x_value); }
  const T& operator*() const { return std::get<0>(x_value); }
  T* operator->() { return &std::get<0>(x_value); }
  const T* operator->() const { return &std::get<0>(x_value); }
  const Error& error() const { return std::get<1>(x_value); }

 private:
  std::variant<T, Error> x_value;
};

using Status = Result<Unit>;
inline Status ok() { return Unit{}; }

}  // namespace mailspec
