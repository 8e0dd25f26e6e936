#include "harness/target/processes.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace mailspec::target {
namespace {

// A process that waits, or computes without end; it ends with the test.
class Child {
 public:
  explicit Child(bool computes = false) : x_pid(::fork()) {
    if (x_pid == 0) {
      volatile bool on = computes;
      while (on) {
      }
      ::pause();
      ::_exit(0);
    }
  }
  ~Child() { end(); }
  void end() {
    if (x_pid <= 0) return;
    ::kill(x_pid, SIGKILL);
    ::waitpid(x_pid, nullptr, 0);
    x_pid = 0;
  }
  pid_t pid() const { return x_pid; }

 private:
  pid_t x_pid;
};

TEST(Processes, CountsAFamily) {
  Child child;
  const auto own = usage_of(::getpid());
  EXPECT_GE(own.processes, 2u);
  EXPECT_GT(own.resident, 0u);
  EXPECT_GT(own.descriptors, 2u);
  EXPECT_EQ(usage_of(child.pid()).processes, 1u);
}

TEST(Processes, TellsOnceThatOneHasEnded) {
  Child child;
  auto watch = ProcessWatch::begin(std::to_string(child.pid()), "");
  ASSERT_TRUE(watch);
  EXPECT_EQ(watch->harm(), "");
  const auto pid = std::to_string(child.pid());
  child.end();
  EXPECT_EQ(watch->harm(), "the server's process " + pid + " has ended");
  EXPECT_EQ(watch->harm(), "");
}

TEST(Processes, TellsOfOneThatComputesForNobody) {
  Child child(true);
  auto watch = ProcessWatch::begin(std::to_string(child.pid()), "");
  ASSERT_TRUE(watch);
  while (watch->processor_time() == 0) {
  }
  EXPECT_EQ(watch->harm(), "") << "nothing forbids that";
  EXPECT_EQ(watch->busy(0.2), "the server's process " + std::to_string(child.pid()) + " goes on computing, 0 s after all was answered and closed");
  EXPECT_EQ(watch->busy(0.2), "") << "told once";
}

TEST(Processes, OneThatWaitsIsNotWaitedFor) {
  Child child;
  auto watch = ProcessWatch::begin(std::to_string(child.pid()), "");
  ASSERT_TRUE(watch);
  EXPECT_EQ(watch->busy(), "");
  EXPECT_EQ(watch->processor_time(), 0);
}

TEST(Processes, ReadsACrashInWhatTheLogHasGained) {
  char name[] = "/tmp/mailspec-log.XXXXXX";
  ::close(::mkstemp(name));
  std::ofstream(name) << "imap(u): Panic: file x.c: line 1: before the suite came\n";
  auto watch = ProcessWatch::begin("", name);
  ASSERT_TRUE(watch);
  EXPECT_EQ(watch->harm(), "");
  std::ofstream(name, std::ios::app) << "imap-login: Info: Login\nmaster: Error: service(imap): child 7 killed with signal 11\n";
  EXPECT_EQ(watch->harm(), "the server's log tells of a crash: 'master: Error: service(imap): child 7 killed with signal 11'");
  EXPECT_EQ(watch->harm(), "");
  std::remove(name);
}

TEST(Processes, SaysWhatCannotBeWatched) {
  const auto what = [](const std::string& pid, const std::string& log) { return ProcessWatch::begin(pid, log).error().what; };
  EXPECT_EQ(what("/nowhere", ""), "pid: '/nowhere' is no number, and no file that holds one");
  EXPECT_EQ(what("4194305", ""), "pid: there is no process 4194305");
  EXPECT_EQ(what("18446744073709551615", ""), "pid: there is no process 18446744073709551615");
  EXPECT_NE(what("", "/nowhere").find("log: cannot read '/nowhere'"), std::string::npos);
}

TEST(Processes, OnlyACrashIsOne) {
  EXPECT_EQ(crash_in("imap: user asked to be asserted\nall is well\n"), "");
  for (const auto* line :
       {"Segmentation fault", "x.c:7: f: Assertion `a' failed", "==1==ERROR: AddressSanitizer: heap", "Panic: x", "pop3d: signaled to death by 11"})
    EXPECT_EQ(crash_in(std::string("fine\n") + line + "\n"), line);
}

}  // namespace
}  // namespace mailspec::target
