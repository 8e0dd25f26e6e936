// mailspec's checks as GoogleTest tests, for C++ projects that have a mail server to test. Needs the mailspec program, and nothing of its library.
//
//   #include <mailspec/mailspec_gtest.h>
//   int main(int argc, char** argv) {
//     testing::InitGoogleTest(&argc, argv);
//     mailspec::register_gtest({.target = "my-server.toml", .selectors = {"rfc9051/6.3"}});
//     return RUN_ALL_TESTS();
//   }
//
// Every check is a test of its own: "rfc9051_6_3_1.select_tells_exists__imap_..." is the check rfc9051/6.3.1/select-tells-exists@imap/...
// `mailspec` runs once, before the first test, and runs only what --gtest_filter and GoogleTest's shards have left. Its verdicts:
// a fail fails, with the sentence, both sides of the wire and the command that replays it; a warning passes, or fails with `strict`; what was skipped,
// could not be decided, or is known to fail is skipped, with the reason. Where the run gives no verdict at all (the server cannot be reached, ...)
// every test fails with what mailspec has said.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mailspec {

struct GTestOptions {
  std::string target = "--embedded";   // a target file, or the reference server
  std::vector<std::string> selectors;  // as for `mailspec run`: ids, globs, section prefixes, cap:X, level:X; none: all
  std::vector<std::string> arguments;  // more for `mailspec run`: --known FILE, --slow, --imap HOST:PORT ...
  bool strict = false;                 // a warning fails
  std::string program = "mailspec";    // its path, if it is not in PATH
};

namespace gtest_detail {

struct Verdict {
  bool ok = false;
  std::string skipped;  // why, if it was
  std::string details;  // as a TAP consumer would show them
};

// One word for the shell.
inline std::string shell_word(const std::string& word) {
  std::string out = "'";
  for (const char c : word) c == '\'' ? out += "'\\''" : out += c;
  return out + "'";
}

// The output of a command and its exit status, -1 if there is none.
inline std::pair<std::string, int> output_of(const std::string& command) {
  std::pair<std::string, int> out{"", -1};
  FILE* pipe = ::popen(command.c_str(), "r");
  if (!pipe) return out;
  char buffer[4096];
  for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) out.first.append(buffer, n);
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) out.second = WEXITSTATUS(status);
  return out;
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t from = 0; from < text.size();) {
    const auto end = text.find('\n', from);
    out.push_back(text.substr(from, end - from));
    if (end == std::string::npos) break;
    from = end + 1;
  }
  return out;
}

// GoogleTest's filters give '-', ':', '*' and '?' a meaning, so names have letters, digits and '_' only.
inline std::string name_of(const std::string& text) {
  std::string out;
  for (const char c : text) out += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return out;
}

// A TAP description without its backslashes; `directive` is what stands behind the '#'.
inline std::string described(const std::string& text, std::string& directive) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      out += text[++i];
    } else if (text[i] == '#') {
      directive = text.substr(i + 1);
      break;
    } else {
      out += text[i];
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

class Session {
 public:
  explicit Session(GTestOptions options) : x_options(std::move(options)) {}

  // GoogleTest's shards are its own affair: mailspec is not to split what is left once more.
  std::string program() const { return "env -u GTEST_TOTAL_SHARDS -u GTEST_SHARD_INDEX -u GTEST_SHARD_STATUS_FILE " + shell_word(x_options.program); }
  const GTestOptions& options() const { return x_options; }
  void add(const std::string& suite, const std::string& name, const std::string& id) { x_ids[suite + "." + name] = id; }

  void run() {
    std::string only;
    std::size_t left = 0;
    const auto& all = *testing::UnitTest::GetInstance();
    for (int s = 0; s < all.total_test_suite_count(); ++s) {
      const auto& suite = *all.GetTestSuite(s);
      for (int t = 0; t < suite.total_test_count(); ++t) {
        const auto& test = *suite.GetTestInfo(t);
        const auto it = x_ids.find(std::string(test.test_suite_name()) + "." + test.name());
        if (it == x_ids.end() || !test.should_run()) continue;
        ++left;
        only += " " + shell_word(scenario_or_rule(it->second));
      }
    }
    if (left == 0) return;
    if (left == x_ids.size()) {
      only.clear();
      for (const auto& s : x_options.selectors) only += " " + shell_word(s);
    }
    char path[] = "/tmp/mailspec-gtest.XXXXXX";
    const int file = ::mkstemp(path);
    if (file >= 0) ::close(file);
    std::string command = program() + " run " + shell_word(x_options.target) + " --quiet --report tap=" + path;
    for (const auto& a : x_options.arguments) command += " " + shell_word(a);
    if (x_options.strict) command += " --strict";
    const auto [said, status] = output_of(command + only + " 2>&1");
    std::ifstream in(path);
    const std::string tap{std::istreambuf_iterator<char>(in), {}};
    std::remove(path);
    read(tap);
    if (status != 0 && status != 1 && status != 4) x_trouble = "mailspec gives no verdict (exit status " + std::to_string(status) + "):\n" + said;
  }

  void judge(const std::string& id) const {
    if (!x_trouble.empty()) FAIL() << x_trouble;
    const auto it = x_verdicts.find(id);
    if (it == x_verdicts.end()) GTEST_SKIP() << "the target has nothing to do with it, or it never came up in this run";
    const auto& v = it->second;
    if (!v.skipped.empty()) GTEST_SKIP() << v.skipped;
    if (!v.ok) FAIL() << id << "\n" << v.details;
    if (!v.details.empty()) testing::Test::RecordProperty("mailspec", v.details);
  }

 private:
  // What selects a check: its scenario, or the requirement of a standing rule. The rows of a scenario are chosen together.
  static std::string scenario_or_rule(const std::string& id) {
    const auto at = id.find('@');
    if (at == std::string::npos) return id;
    const auto scenario = id.substr(at + 1);
    return scenario.substr(0, scenario.find_first_of("#~"));
  }

  void read(const std::string& tap) {
    Verdict* last = nullptr;
    for (const auto& line : lines_of(tap)) {
      if (line.compare(0, 2, "  ") == 0) {
        if (last && line != "  ---" && line != "  ...") last->details += line.substr(2) + "\n";
        continue;
      }
      last = nullptr;
      const bool ok = line.compare(0, 3, "ok ") == 0;
      if (!ok && line.compare(0, 7, "not ok ") != 0) continue;
      const auto dash = line.find(" - ");
      if (dash == std::string::npos) continue;
      std::string directive;
      const auto id = described(line.substr(dash + 3), directive);
      last = &x_verdicts[id];
      last->ok = ok;
      const auto word = directive.find_first_not_of(' ');
      if (word != std::string::npos) last->skipped = directive.substr(word);
    }
  }

  GTestOptions x_options;
  std::map<std::string, std::string> x_ids;  // by GoogleTest's name
  std::map<std::string, Verdict> x_verdicts;
  std::string x_trouble;
};

class Check : public testing::Test {
 public:
  Check(std::shared_ptr<Session> session, std::string id) : x_session(std::move(session)), x_id(std::move(id)) {}
  void TestBody() override { x_session->judge(x_id); }

 private:
  std::shared_ptr<Session> x_session;
  std::string x_id;
};

class Environment : public testing::Environment {
 public:
  explicit Environment(std::shared_ptr<Session> session) : x_session(std::move(session)) {}
  void SetUp() override { x_session->run(); }

 private:
  std::shared_ptr<Session> x_session;
};

}  // namespace gtest_detail

// Registers a test for each check that the selectors choose. To be called after testing::InitGoogleTest and before RUN_ALL_TESTS.
// Where mailspec cannot be asked what checks there are, one test is registered instead, which fails and says why.
inline void register_gtest(const GTestOptions& options) {
  using namespace gtest_detail;
  auto session = std::make_shared<Session>(options);
  std::string command = session->program() + " list";
  for (const auto& s : options.selectors) command += " " + shell_word(s);
  for (std::size_t i = 0; i + 1 < options.arguments.size(); ++i) {
    if (options.arguments[i] == "--scenarios") command += " --scenarios " + shell_word(options.arguments[i + 1]);
  }
  const auto listed = output_of(command + " 2>&1");
  if (listed.second != 0) {
    testing::RegisterTest("mailspec", "list", nullptr, nullptr, __FILE__, __LINE__, [said = listed.first, command]() -> testing::Test* {
      class Failure : public testing::Test {
       public:
        explicit Failure(std::string text) : x_text(std::move(text)) {}
        void TestBody() override { FAIL() << x_text; }

       private:
        std::string x_text;
      };
      return new Failure(command + ": " + said);
    });
    return;
  }
  for (const auto& id : lines_of(listed.first)) {
    if (id.empty()) continue;
    const auto last = id.rfind('/', id.find('@'));
    const auto suite = name_of(id.substr(0, last)), name = name_of(id.substr(last + 1));
    session->add(suite, name, id);
    testing::RegisterTest(suite.c_str(), name.c_str(), nullptr, id.c_str(), __FILE__, __LINE__,
                          [session, id]() -> testing::Test* { return new Check(session, id); });
  }
  testing::AddGlobalTestEnvironment(new Environment(session));
}

}  // namespace mailspec
