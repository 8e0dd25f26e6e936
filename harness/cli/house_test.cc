// Who may include whom: the table in harness/README.md is the law, and every file is held to it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/text.h"
#include "where.h"

namespace mailspec {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = MAILSPEC_SOURCE_DIR;

struct Room {
  std::string subject;
  std::vector<std::string> may_include;  // folders and files, from the top of the tree; "the harness" for all of it
};

// "imap" for "harness/imap" where the table leaves the harness out.
std::string whole(const std::string& name) { return fs::is_directory(kRoot / "harness" / name) ? "harness/" + name : name; }

std::string trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" `");
  return from == std::string_view::npos ? std::string() : std::string(text.substr(from, text.find_last_not_of(" `") + 1 - from));
}

std::map<std::string, Room> table() {
  std::map<std::string, Room> rooms;
  std::ifstream in(kRoot / "harness/README.md");
  bool there = false;
  for (std::string line; std::getline(in, line);) {
    if (line == "| folder | subject | may include |") there = true;
    else if (there && !line.starts_with("|")) break;
    else if (there && line.starts_with("| `")) {
      const auto cells = split(line, '|');
      if (cells.size() < 4) continue;
      auto& room = rooms[whole(trimmed(cells[1]))];
      room.subject = cells[2];
      for (const auto& name : split(cells[3], ',')) room.may_include.push_back(whole(trimmed(name)));
    }
  }
  return rooms;
}

// What a file includes of ours.
std::vector<std::string> includes(const fs::path& file) {
  std::vector<std::string> out;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("#include \"")) continue;
    const auto name = line.substr(10, line.rfind('"') - 10);
    if (name.find('/') != std::string::npos) out.push_back(name);
  }
  return out;
}

bool allows(const Room& room, const std::string& folder, const std::string& included) {
  const auto of = fs::path(included).parent_path().string();
  if (of == folder) return true;
  return std::ranges::any_of(room.may_include, [&](const auto& may) {
    return may == of || may == included || (may == "the harness" && of.starts_with("harness/") && of != "harness/cli");
  });
}

template <typename Visit>
void for_each_source(const std::map<std::string, Room>& rooms, Visit visit) {
  for (const auto& [folder, room] : rooms) {
    for (const auto& entry : fs::directory_iterator(kRoot / folder)) {
      const auto kind = entry.path().extension();
      if ((kind == ".cc" || kind == ".h") && !entry.path().stem().string().ends_with("_test")) visit(folder, room, entry.path());
    }
  }
}

TEST(House, EveryFileIncludesOnlyWhatItsRoomMay) {
  const auto rooms = table();
  ASSERT_GT(rooms.size(), 20u);
  std::size_t seen = 0;
  for_each_source(rooms, [&](const std::string& folder, const Room& room, const fs::path& file) {
    for (const auto& name : includes(file)) {
      ++seen;
      EXPECT_TRUE(allows(room, folder, name)) << file << " includes " << name << ", which harness/README.md does not allow to " << folder;
    }
  });
  EXPECT_GT(seen, 500u);
}

TEST(House, TheTableHasEveryRoomAndGivesNoLeaveThatNobodyUses) {
  const auto rooms = table();
  for (const auto* top : {"harness", "reference_server", "reports", "fuzz"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / top)) {
      if (entry.path().extension() != ".cc" || entry.path().stem().string().ends_with("_test")) continue;
      const auto folder = fs::relative(entry.path().parent_path(), kRoot).string();
      // For other projects, and built by them.
      if (folder == "harness/gtest" || folder.starts_with("fuzz/")) continue;
      EXPECT_TRUE(rooms.contains(folder)) << "the table of harness/README.md lacks " << folder;
    }
  }
  std::map<std::string, std::set<std::string>> used;
  for_each_source(rooms, [&](const std::string& folder, const Room&, const fs::path& file) {
    for (const auto& name : includes(file)) used[folder].insert({name, fs::path(name).parent_path().string()});
  });
  for (const auto& [folder, room] : rooms) {
    for (const auto& may : room.may_include) {
      if (may == "nothing" || may == "the harness") continue;
      EXPECT_TRUE(used[folder].contains(may)) << folder << " includes nothing of " << may << ": strike it from the table";
    }
  }
}

// What both witnesses share is fixed by name: whatever is added there could make both wrong in the same way.
TEST(House, BaseIsAClosedList) {
  std::set<std::string> there, named;
  for (const auto& entry : fs::directory_iterator(kRoot / "harness/base")) {
    if (!entry.path().stem().string().ends_with("_test")) there.insert(entry.path().stem().string());
  }
  const auto pieces = split(table().at("harness/base").subject, '`');
  for (std::size_t i = 1; i < pieces.size(); i += 2) named.insert(std::string(pieces[i]));
  EXPECT_EQ(there, named);
}

}  // namespace
}  // namespace mailspec
