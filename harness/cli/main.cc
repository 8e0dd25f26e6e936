#include "harness/base/text.h"
#include "harness/cli/commands.h"
#include "harness/cli/complete.h"
#include "harness/cli/left_out.h"

using namespace mailspec::cli;

namespace {

// Of mailspec, and of the scenarios that it carries.
std::string version_text() {
  const auto library = mailspec::suite::load_library("");
  if (!library) return MAILSPEC_VERSION;
  std::size_t requirements = 0;
  for (const auto& [id, r] : library->catalogue.all()) requirements += r.gone.empty() && r.sight == mailspec::oracle::Requirement::Sight::testable;
  return "mailspec " + library->version() + "\nscenario set " + library->set + ": " + std::to_string(library->files.size()) + " scenarios in " +
         std::to_string(library->cases.size()) + " cases, " + std::to_string(requirements) + " requirements";
}

// As if nobody had written these extensions of IMAP.
std::string leave_out_all(const std::vector<std::string>& extensions) {
  for (const auto& name : extensions) {
    if (const auto s = leave_out(name); !s) return s.error().what;
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  catch_signals();
  Program program{
      "mailspec tests how far a mail server keeps to the IMAP4rev1, IMAP4rev2 and POP3 standards, requirement by requirement.\n"
      "Start with: mailspec run --embedded; then mailspec doctor and mailspec run on your own server.\n"
      "Exit status of run: 0 as expected, 1 failure, 2 usage, 3 unreachable, 4 stale known failures,\n"
      "5 harness trouble, 6 nothing ran, 130 interrupted.",
      version_text,
      {run_subcommand(), list_subcommand(), explain_subcommand(), lint_subcommand(), coverage_subcommand(), doctor_subcommand(), serve_subcommand(),
       load_subcommand(), compare_subcommand(), report_subcommand(), selftest_subcommand(), known_subcommand(), replay_subcommand(), judge_subcommand()},
      {},
      leave_out_all};
  program.complete = [&](const std::vector<std::string>& words) { return complete(program.subcommands, words); };
  return run_program(program, argc, argv);
}
