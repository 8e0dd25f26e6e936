#include "fuzz/properties.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <unordered_set>
#include <vector>

#include "fuzz/mutator.h"
#include "harness/base/ascii.h"

namespace mailspec::fuzz {

void require(bool holds, const char* what) {
  if (holds) return;
  if (what) std::fprintf(stderr, "%s\n", what);
  std::abort();
}

namespace {

constexpr std::size_t kSmall = 4 * 1024, kLarge = 32 * 1024, kMostTried = 100000;

// FNV-1a: the same on every machine, so that a finding stays one.
std::uint64_t hash(std::string_view octets) {
  std::uint64_t h = 14695981039346656037u;
  for (const char c : octets) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return h;
}

}  // namespace

Turns::Turns(std::string_view octets) : x_left(hash(octets)) {}

bool Turns::next(unsigned every) {
  const bool mine = x_left % every == 0;
  x_left /= every;
  return mine || s_all;
}

namespace {

struct Grower {
  std::string before, piece, glue, after;

  std::string to(std::size_t size) const {
    std::string out = before + piece;
    while (out.size() + after.size() < size) out += glue + piece;
    return out + after;
  }
};

// What is repeated: where a list begins, or a number or set, or one to four tokens of any kind; with nothing, a blank or a comma between.
Grower grower(std::string_view octets, std::uint64_t choice) {
  const auto take = [&](std::size_t n) {
    const auto taken = choice % n;
    choice /= n;
    return taken;
  };
  enum { list, set, any };
  const auto what = take(3);
  const auto tokens = tokens_of(octets);
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (what == any || (what == list ? tokens[i].kind == Token::Kind::open : is_digit(tokens[i].text[0]))) starts.push_back(i);
  }
  static constexpr std::array kGlue{"", " ", ","};
  Grower out;
  out.glue = what == list ? "" : what == set ? "," : kGlue[take(kGlue.size())];
  const auto first = starts.empty() ? 0 : starts[take(starts.size())];
  const auto count = what == any ? 1 + take(std::min<std::size_t>(4, tokens.size() - first)) : 1;
  for (std::size_t i = 0; i < tokens.size(); ++i) (i < first ? out.before : i < first + count ? out.piece : out.after) += tokens[i].text;
  return out;
}

double cpu_seconds(const std::function<void(std::string_view)>& run, std::string_view octets) {
  timespec from{}, to{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
  run(octets);
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
  return static_cast<double>(to.tv_sec - from.tv_sec) + 1e-9 * static_cast<double>(to.tv_nsec - from.tv_nsec);
}

}  // namespace

void require_linear(std::string_view octets, unsigned every, const std::function<void(std::string_view)>& run) {
  const auto choice = hash(octets);
  if (octets.empty() || octets.size() > kSmall || choice % every != 0) return;
  // Once is enough in a process; a finding is run by one of its own.
  static std::unordered_set<std::uint64_t> tried;
  if (tried.size() < kMostTried && !tried.insert(choice).second) return;
  const auto text = grower(octets, choice / every);
  if (text.piece.size() > kSmall / 4) return;
  // What stands around it may cost less, and comes on top of both.
  const auto around = text.before.size() + text.after.size();
  const auto small = text.to(around + kSmall), large = text.to(around + kLarge);
  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto few = cpu_seconds(run, small), many = cpu_seconds(run, large);
    // Eight times as much is due, 64 times would be quadratic; below 50 ms nobody is hurt.
    if (many < 0.05 || many < 24 * few) return;
    if (attempt == 2)
      std::fprintf(stderr, "%zu octets take %.3f s, %zu take %.3f s: that is not linear; repeated is '%.80s'\n", small.size(), few, large.size(), many,
                   text.piece.c_str());
  }
  require(false);
}

}  // namespace mailspec::fuzz
