#include "harness/target/processes.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <thread>
#include <vector>

#include "harness/base/ascii.h"
#include "harness/base/text.h"

namespace mailspec::target {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMostLog = 4 * 1024 * 1024;  // octets looked at at a time; the end counts

// What a "stat" file of /proc says behind the name, which may hold anything: from the third field on. Nothing if there is no such file.
std::vector<std::string> stat_of(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  const auto close = line.rfind(')');
  return close == std::string::npos ? std::vector<std::string>() : words(std::string_view(line).substr(close + 1));
}

// The parent of each process there is.
std::map<pid_t, pid_t> parents() {
  std::map<pid_t, pid_t> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const auto pid = parse_number(entry.path().filename().string());
    if (!pid) continue;
    const auto fields = stat_of(entry.path() / "stat");
    if (fields.size() < 2 || fields[0] == "Z") continue;
    out[static_cast<pid_t>(*pid)] = static_cast<pid_t>(parse_number(fields[1]).value_or(0));
  }
  return out;
}

std::uint64_t resident_of(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/statm");
  std::uint64_t size = 0, resident = 0;
  in >> size >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t descriptors_of(pid_t pid) {
  std::error_code error;
  std::uint64_t n = 0;
  for (fs::directory_iterator it("/proc/" + std::to_string(pid) + "/fd", error), end; !error && it != end; it.increment(error)) ++n;
  return n;
}

// Seconds of processor time of the process, and of those of its children that have ended and were waited for.
double processor_of(pid_t pid) {
  const auto fields = stat_of("/proc/" + std::to_string(pid) + "/stat");
  if (fields.size() < 15) return 0;
  std::uint64_t ticks = 0;
  for (std::size_t field = 14; field <= 17; ++field) ticks += parse_number(fields[field - 3]).value_or(0);  // utime, stime, cutime, cstime
  return static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

// Does one of its threads want a processor now?
bool computes(pid_t pid) {
  std::error_code error;
  for (fs::directory_iterator it("/proc/" + std::to_string(pid) + "/task", error), end; !error && it != end; it.increment(error)) {
    const auto fields = stat_of(it->path() / "stat");
    if (!fields.empty() && fields[0] == "R") return true;
  }
  return false;
}

std::string megabytes(std::uint64_t octets) { return std::to_string(octets / (1024 * 1024)) + " MiB"; }

}  // namespace

Usage usage_of(pid_t pid) {
  const auto all = parents();
  Usage out;
  if (!all.contains(pid)) return out;
  std::set<pid_t> family{pid};
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto& [child, parent] : all) grown |= family.contains(parent) && family.insert(child).second;
  }
  for (const auto member : family) {
    ++out.processes;
    out.resident += resident_of(member);
    out.descriptors += descriptors_of(member);
    out.processor += processor_of(member);
    if (computes(member)) out.computing.insert(member);
  }
  return out;
}

std::string crash_in(std::string_view log) {
  static constexpr std::array<std::string_view, 9> kTold{"killed with signal", "signaled to death", "segmentation fault", "assertion",
                                                         "addresssanitizer",   "runtime error:",    "core dumped",        "panic:",
                                                         "out of memory"};
  for (const auto& line : split(log, '\n')) {
    const auto low = lower(line);
    for (const auto told : kTold) {
      if (low.find(told) != std::string::npos) return line;
    }
  }
  return {};
}

Result<ProcessWatch> ProcessWatch::begin(const std::string& pid, const std::string& log) {
  ProcessWatch out;
  if (!pid.empty()) {
    auto number = parse_number(pid);
    if (!number) {
      std::ifstream in(pid);
      std::string text;
      in >> text;
      number = parse_number(text);
      if (!number) return Error{Error::Kind::config, "pid: '" + pid + "' is no number, and no file that holds one"};
    }
    out.x_pid = static_cast<pid_t>(*number);
    out.x_before = *number > 4194304 ? Usage{} : usage_of(out.x_pid);
    if (out.x_before.processes == 0) return Error{Error::Kind::config, "pid: there is no process " + std::to_string(*number)};
  }
  if (!log.empty()) {
    std::error_code error;
    out.x_log_read = fs::file_size(log, error);
    if (error) return Error{Error::Kind::config, "log: cannot read '" + log + "': " + error.message()};
    out.x_log = log;
  }
  return out;
}

double ProcessWatch::processor_time() const { return x_pid == 0 ? 0 : usage_of(x_pid).processor; }

// Looked at again and again: one that never rests in between.
std::string ProcessWatch::busy(double most_busy) {
  using namespace std::chrono;
  if (x_pid == 0) return {};
  auto restless = usage_of(x_pid).computing;
  std::erase_if(restless, [&](pid_t pid) { return x_told_busy.contains(pid); });
  const auto begun = steady_clock::now();
  while (!restless.empty() && steady_clock::now() - begun < duration<double>(most_busy)) {
    std::this_thread::sleep_for(milliseconds(100));
    const auto now = usage_of(x_pid).computing;
    std::erase_if(restless, [&](pid_t pid) { return !now.contains(pid); });
  }
  if (restless.empty()) return {};
  x_told_busy.merge(std::set<pid_t>(restless));
  return "the server's process " + std::to_string(*restless.begin()) + " goes on computing, " + std::to_string(std::lround(most_busy)) +
         " s after all was answered and closed";
}

std::string ProcessWatch::harm() {
  if (!x_log.empty()) {
    std::error_code error;
    const auto size = fs::file_size(x_log, error);
    if (!error && size < x_log_read) x_log_read = 0;  // it was begun anew
    if (!error && size > x_log_read) {
      std::ifstream in(x_log, std::ios::binary);
      in.seekg(static_cast<std::streamoff>(std::max(x_log_read, size > kMostLog ? size - kMostLog : 0)));
      std::string text(std::min(kMostLog, size - x_log_read), '\0');
      in.read(text.data(), static_cast<std::streamsize>(text.size()));
      text.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, in.gcount())));
      x_log_read = size;
      if (const auto line = crash_in(text); !line.empty()) return "the server's log tells of a crash: '" + visible(line, 300) + "'";
    }
  }
  if (x_pid == 0) return {};
  const auto now = usage_of(x_pid);
  const auto before = std::exchange(x_before, now);
  if (now.processes == 0) return before.processes == 0 ? "" : "the server's process " + std::to_string(x_pid) + " has ended";
  if (now.resident > before.resident + kMostResident)
    return "the server's processes have grown from " + megabytes(before.resident) + " to " + megabytes(now.resident) + " of memory";
  if (now.descriptors > before.descriptors + kMostDescriptors)
    return "the server's processes have " + std::to_string(now.descriptors) + " descriptors open, and had " + std::to_string(before.descriptors);
  x_before.resident = std::min(before.resident, now.resident);
  x_before.descriptors = std::min(before.descriptors, now.descriptors);
  return {};
}

}  // namespace mailspec::target
