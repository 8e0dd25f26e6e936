// Every seed and every crash ever fixed, as a unit test in ordinary builds.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "fuzz/targets.h"

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
  for (const auto& target : kTargets) {
    SCOPED_TRACE(target.name);
    EXPECT_GT(replay(corpus / target.name, target.run), 0u) << "no seeds for " << target.name;
    replay(corpus / "regressions" / target.name, target.run);
  }
}

}  // namespace
}  // namespace mailspec::fuzz
