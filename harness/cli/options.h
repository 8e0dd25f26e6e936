// The command line as data: each subcommand says what it takes, and where that goes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace mailspec::cli {

// What a shell offers for a word, and a line about it.
struct Candidate {
  std::string word, about;
};
using Candidates = std::vector<Candidate>;

// A flag that makes it false.
struct Clears {
  bool* flag;
};

struct Option {
  std::string name;  // "--jobs"; without dashes it is a word in its place
  std::variant<bool*, Clears, int*, std::uint16_t*, std::uint64_t*, double*, std::string*, std::vector<std::string>*> into;  // a vector: repeatable
  std::string help;
  std::string value = {};                                          // what the help calls its value; empty: by the type
  std::vector<std::string> choices = {};                           // one of these, if there are any
  std::optional<std::pair<double, double>> range = {};             // least and most, both allowed
  bool required = false;                                           //
  bool tells_default = false;                                      // the help has the value that stands there at first
  std::function<Candidates(const std::string& word)> offers = {};  // to a shell, beside the choices; none: it completes file names
};
using Options = std::vector<Option>;

struct Subcommand {
  std::string name, about;
  Options options = {};
  std::function<int()> run = {};  // the exit status; none: it has subcommands
  std::vector<Subcommand> subcommands = {};
};

// What the line as a whole is.
struct Program {
  std::string about;
  std::function<std::string()> version;
  std::vector<Subcommand> subcommands;
  // For the files that complete words in a shell: gets what follows "complete", and returns the exit status.
  std::function<int(const std::vector<std::string>& words)> complete;
  // --without-extension, which no help shows: "" or what is wrong.
  std::function<std::string(const std::vector<std::string>& names)> leave_out;
};

// Parses the line and runs what it names. The exit status: kUsage where the line is wrong, which is told on standard error.
int run_program(const Program& program, int argc, const char* const* argv);

}  // namespace mailspec::cli
