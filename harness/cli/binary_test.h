// The binary as a user meets it: what the tests that run it share.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "where.h"

namespace mailspec {

struct Ran {
  int status = -1;
  std::string out;
  double seconds = 0;
};

// A folder for what one test writes.
class BinaryTest : public testing::Test {
 protected:
  void SetUp() override {
    char path[] = "/tmp/mailspec-test.XXXXXX";
    x_dir = ::mkdtemp(path);
    // ctest runs these tests in shards; what they start is whole.
    for (const auto* name : {"GTEST_TOTAL_SHARDS", "GTEST_SHARD_INDEX", "GTEST_SHARD_STATUS_FILE"}) ::unsetenv(name);
    ::setenv("MAILSPEC_TEST_PASSWORD", "test-password", 1);
  }
  void TearDown() override { std::filesystem::remove_all(x_dir); }

  Ran mailspec(const std::string& arguments) const { return shell(MAILSPEC_BINARY " " + arguments + " 2>&1"); }
  Ran shell(const std::string& line) const {
    const auto started = std::chrono::steady_clock::now();
    const std::string command = "cd " + x_dir + " && " + line;
    Ran ran;
    FILE* pipe = ::popen(command.c_str(), "r");
    char buffer[4096];
    for (std::size_t n; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) ran.out.append(buffer, n);
    const int status = ::pclose(pipe);
    ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    ran.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    return ran;
  }
  std::string read(const std::string& name) const {
    std::ifstream in(x_dir + "/" + name, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(x_dir + "/" + name, std::ios::binary) << text; }
  // A server that is a shell script on a socket; `user` and the rest are given.
  Ran against(const std::string& script, const std::string& more) const {
    write("server.sh", script);
    return mailspec("run --pop3 'exec:sh " + x_dir +
                    "/server.sh' --user u --password-env MAILSPEC_TEST_PASSWORD --timeout 0.5 --report json=r.json,junit=r.xml " + more);
  }
  boost::json::value json(const std::string& name) const {
    boost::system::error_code error;
    auto value = boost::json::parse(read(name), error);
    EXPECT_FALSE(error) << error.message();
    return value;
  }

  std::string x_dir;
};

}  // namespace mailspec
