// What the fuzz targets' speed is measured against: a plain line splitter without I/O, under the same flags and on the same inputs. Like them, it is held
// to giving the same whatever the cut.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

class LineSplitter {
 public:
  void feed(std::string_view octets) { x_pending += octets; }
  bool next(std::string& line) {
    const auto end = x_pending.find("\r\n");
    if (end == std::string::npos) return false;
    line = x_pending.substr(0, end);
    x_pending.erase(0, end + 2);
    return true;
  }

 private:
  std::string x_pending;
};

std::vector<std::string> lines_in(std::string_view octets, std::size_t cut) {
  std::vector<std::string> out;
  LineSplitter splitter;
  std::string line;
  for (std::size_t at = 0; at < octets.size(); at += cut) {
    splitter.feed(octets.substr(at, cut));
    while (splitter.next(line)) out.push_back(line);
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  if (size && lines_in(octets, size) != lines_in(octets, 1)) std::abort();
  return 0;
}
