#include "harness/cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "harness/base/text.h"
#include "harness/cli/commands.h"

namespace mailspec::cli {

namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

CLI::Option* add(CLI::App& app, const Option& o) {
  return std::visit(Overloaded{
                        [&](bool* flag) { return app.add_flag(o.name, *flag, o.help); },
                        [&](Clears clears) { return app.add_flag_callback(o.name, [flag = clears.flag] { *flag = false; }, o.help); },
                        [&](std::vector<std::string>* words) {
                          auto* option = app.add_option(o.name, *words, o.help);
                          // One value each time: what follows is a word in its place.
                          return o.name.starts_with('-') ? option->allow_extra_args(false) : option;
                        },
                        [&](auto* value) { return app.add_option(o.name, *value, o.help); },
                    },
                    o.into);
}

void add_option(CLI::App& app, const Option& o) {
  auto* option = add(app, o);
  if (!o.value.empty()) option->type_name(o.value);
  if (!o.choices.empty()) option->check(CLI::IsMember(o.choices));
  if (o.range) option->check(CLI::Range(o.range->first, o.range->second).description(""));
  if (o.required) option->required();
  if (o.tells_default) option->capture_default_str();
}

void add_subcommand(CLI::App& above, const Subcommand& c, int& status) {
  auto* app = above.add_subcommand(c.name, c.about);
  for (const auto& o : c.options) add_option(*app, o);
  if (c.run) app->callback([&c, &status] { status = c.run(); });
  else app->require_subcommand(1);
  for (const auto& below : c.subcommands) add_subcommand(*app, below, status);
}

bool known(const std::vector<std::string>& words, const std::string& word) { return std::ranges::find(words, word) != words.end(); }

void collect_names(const std::vector<Subcommand>& subcommands, std::vector<std::string>& out) {
  for (const auto& c : subcommands) {
    out.push_back(c.name);
    for (const auto& o : c.options) {
      if (o.name.starts_with('-')) out.push_back(o.name);
    }
    collect_names(c.subcommands, out);
  }
}

// The word of the line that nothing takes, with what may have been meant; "" if that cannot be told.
std::string unknown_word(const Program& program, const std::string& wrong, int argc, const char* const* argv) {
  std::vector<std::string> names{"--help", "--version"};
  collect_names(program.subcommands, names);
  for (int i = 1; i < argc; ++i) {
    const std::string word = std::string(argv[i]).substr(0, std::string(argv[i]).find('='));
    if (wrong.find(word) != std::string::npos && (word.starts_with('-') || i == 1)) return unknown(word.starts_with('-') ? "option" : "command", word, names);
  }
  return {};
}

}  // namespace

int run_program(const Program& program, int argc, const char* const* argv) {
  CLI::App app{program.about};
  app.set_version_flag("--version", program.version);
  app.require_subcommand(1);
  app.add_option_function<std::vector<std::string>>("--without-extension",
                                                    [&](const std::vector<std::string>& names) {
                                                      if (const auto why = program.leave_out(names); !why.empty())
                                                        throw CLI::ValidationError("--without-extension", why);
                                                    })
      ->group("");
  int status = 0;
  for (const auto& c : program.subcommands) add_subcommand(app, c, status);
  auto* complete = app.add_subcommand("complete", "")->group("")->prefix_command();
  complete->callback([&] { status = program.complete(complete->remaining()); });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ExtrasError& e) {
    const auto why = unknown_word(program, e.what(), argc, argv);
    std::fprintf(stderr, "mailspec: %s\n", why.empty() ? e.what() : why.c_str());
    return kUsage;
  } catch (const CLI::ParseError& e) {
    std::vector<std::string> commands{"complete"};
    for (const auto& c : program.subcommands) commands.push_back(c.name);
    if (argc > 1 && argv[1][0] != '-' && !known(commands, argv[1])) {
      commands.erase(commands.begin());
      std::fprintf(stderr, "mailspec: %s\n", unknown("command", argv[1], commands).c_str());
      return kUsage;
    }
    const int code = app.exit(e);
    return code == 0 ? 0 : kUsage;
  }
  return status;
}

}  // namespace mailspec::cli
