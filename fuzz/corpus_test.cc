// Every seed and every crash ever fixed, as a unit test in ordinary builds.
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "fuzz/properties.h"
#include "fuzz/scenario_of.h"
#include "fuzz/targets.h"
#include "harness/language/scenario.h"
#include "where.h"

namespace mailspec::fuzz {
namespace {

std::size_t replay(const std::filesystem::path& directory, void (*run)(std::string_view)) {
  std::size_t files = 0;
  if (!std::filesystem::exists(directory)) return 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream octets;
    octets << in.rdbuf();
    SCOPED_TRACE(entry.path().string());
    run(octets.str());
    ++files;
  }
  return files;
}

TEST(Corpus, SeedsAndRegressionsPass) {
  const std::filesystem::path corpus = std::filesystem::path(MAILSPEC_SOURCE_DIR) / "corpus";
  Turns::give_all(true);
  for (const auto& target : kTargets) {
    SCOPED_TRACE(target.name);
    EXPECT_GT(replay(corpus / target.name, target.run), 0u) << "no seeds for " << target.name;
    replay(corpus / "regressions" / target.name, target.run);
  }
  Turns::give_all(false);
}

TEST(Corpus, TheListOfTargetsIsOne) {
  std::ifstream in(std::filesystem::path(MAILSPEC_SOURCE_DIR) / "fuzz/targets.txt");
  std::vector<std::string> listed, built;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with('#')) listed.push_back(line.substr(0, line.find(' ')));
  }
  for (const auto& target : kTargets) built.emplace_back(target.name);
  EXPECT_EQ(listed, built);
}

// What `ci/fuzz scenario` prints is a scenario.
TEST(Corpus, SessionsAreScenarios) {
  const auto file = std::filesystem::temp_directory_path() / ("mailspec-scenario-" + std::to_string(::getpid()));
  ::setenv("MAILSPEC_SCENARIO", file.c_str(), 1);
  for (const auto* target : {"imap_sessions", "pop3_sessions"}) {
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(MAILSPEC_SOURCE_DIR) / "corpus" / target)) {
      std::filesystem::remove(file);
      std::ifstream in(entry.path(), std::ios::binary);
      std::ostringstream octets;
      octets << in.rdbuf();
      (*target == 'i' ? imap_sessions : pop3_sessions)(octets.str());
      if (!std::filesystem::exists(file)) continue;  // more than a session may say
      std::ifstream printed(file);
      std::ostringstream text;
      text << printed.rdbuf();
      const auto cases = scenario::parse_scenario(*target == 'i' ? "x.imap" : "x.pop3", text.str());
      ASSERT_TRUE(cases) << entry.path() << ": " << cases.error().what << "\n" << text.str();
    }
  }
  ::unsetenv("MAILSPEC_SCENARIO");
  std::filesystem::remove(file);
}

TEST(Properties, EachHasItsTurnOnItsShareOfInputs) {
  int first = 0, both = 0;
  for (int i = 0; i < 4000; ++i) {
    const auto text = "a" + std::to_string(i) + " NOOP";
    Turns turns(text), again(text);
    const bool one = turns.next(4), other = turns.next(2);
    first += one;
    both += one && other;
    EXPECT_EQ(again.next(4), one) << text;
  }
  EXPECT_NEAR(first, 1000, 200);
  EXPECT_NEAR(both, 500, 150);
}

// What require_linear is for is seen, and what is linear passes.
TEST(Properties, QuadraticTimeIsSeen) {
  const auto linear = [](std::string_view text) {
    volatile std::size_t seen = 0;
    for (const char c : text) seen = seen + static_cast<unsigned char>(c);
  };
  const auto quadratic = [](std::string_view text) {
    volatile std::size_t seen = 0;
    for (const char a : text) {
      for (const char b : text) seen = seen + (a == b);
    }
  };
  require_linear("a FETCH 1,2 (FLAGS)", 1, linear);
  EXPECT_DEATH(require_linear("b FETCH 1,2 (FLAGS)", 1, quadratic), "that is not linear");
}

}  // namespace
}  // namespace mailspec::fuzz
