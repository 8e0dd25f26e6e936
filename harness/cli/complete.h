// What a shell offers when the user presses Tab: taken from the options as they are parsed, and from what the binary carries.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace mailspec::cli {

struct Candidate {
  std::string word, about;
};

// `words` are those after "mailspec"; the last, which may be empty, is the one to complete. Empty where a file name is wanted.
std::vector<Candidate> candidates(const CLI::App& app, const std::vector<std::string>& words);

// Prints them, a line each: word, tab, description.
int complete(const CLI::App& app, const std::vector<std::string>& words);

}  // namespace mailspec::cli
