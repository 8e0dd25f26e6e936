// The scanner against GMime: the same leaves, of the same types, at the same octets.
#include "reference_server/mime/message.h"

#include <gmime/gmime.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "where.h"

namespace mailspec::reference::mime {
namespace {

struct Leaf {
  std::string path, type;
  std::int64_t begin = 0, end = 0;
  bool operator==(const Leaf&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Leaf& l) { return out << l.path << " " << l.type << " " << l.begin << "-" << l.end; }

void ours(const Part& part, const std::string& path, std::string_view all, std::vector<Leaf>& out) {
  if (part.parts.empty()) {
    const auto begin = part.body.empty() ? -1 : part.body.data() - all.data();
    out.push_back({path, part.type + "/" + part.subtype, begin, begin < 0 ? -1 : begin + static_cast<std::int64_t>(part.body.size())});
    return;
  }
  int n = 0;
  for (const auto& p : part.parts) ours(p, path + "." + std::to_string(++n), all, out);
}

void theirs(GMimeObject* object, const std::string& path, std::vector<Leaf>& out) {
  if (GMIME_IS_MULTIPART(object)) {
    auto* multipart = GMIME_MULTIPART(object);
    for (int i = 0; i < g_mime_multipart_get_count(multipart); ++i) theirs(g_mime_multipart_get_part(multipart, i), path + "." + std::to_string(i + 1), out);
    return;
  }
  if (GMIME_IS_MESSAGE_PART(object)) {
    if (auto* message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object))) theirs(g_mime_message_get_mime_part(message), path + ".1", out);
    return;
  }
  auto* type = g_mime_object_get_content_type(object);
  auto* content = g_mime_part_get_content(GMIME_PART(object));
  Leaf leaf{path, upper(std::string(g_mime_content_type_get_media_type(type)) + "/" + g_mime_content_type_get_media_subtype(type)), -1, -1};
  if (content) {
    auto* stream = g_mime_data_wrapper_get_stream(content);
    leaf.begin = stream->bound_start;
    leaf.end = stream->bound_end < 0 ? stream->bound_start + g_mime_stream_length(stream) : stream->bound_end;
    if (leaf.begin >= leaf.end) leaf.begin = leaf.end = -1;
  }
  out.push_back(leaf);
}

std::vector<Leaf> by_gmime(const std::string& octets) {
  static const bool ready = (g_mime_init(), true);
  (void)ready;
  std::vector<Leaf> out;
  auto* stream = g_mime_stream_mem_new_with_buffer(octets.data(), octets.size());
  auto* parser = g_mime_parser_new_with_stream(stream);
  g_mime_parser_set_persist_stream(parser, TRUE);
  if (auto* message = g_mime_parser_construct_message(parser, nullptr)) {
    theirs(g_mime_message_get_mime_part(message), "", out);
    g_object_unref(message);
  }
  g_object_unref(parser);
  g_object_unref(stream);
  return out;
}

std::vector<Leaf> by_us(const std::string& octets) {
  std::vector<Leaf> out;
  ours(parse_message(octets), "", octets, out);
  return out;
}

std::string with_line_ends(const std::string& text) { return replace_all(replace_all(text, "\r\n", "\n"), "\n", "\r\n"); }

TEST(MimeAgainstGMime, Fixtures) {
  int seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(MAILSPEC_SOURCE_DIR) + "/scenarios/fixtures")) {
    const auto name = entry.path().filename().string();
    if (name.starts_with("hostile-")) continue;  // of what is no message each may think what it likes
    std::ifstream file(entry.path(), std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    const auto octets = with_line_ends(text.str());
    EXPECT_EQ(by_us(octets), by_gmime(octets)) << name;
    ++seen;
  }
  EXPECT_GT(seen, 15);
}

// Messages of parts within parts, with what makes scanners stumble: boundaries that begin alike, preambles that look like delimiters, empty
// parts, parts without headers, delimiters with blanks behind them, missing ends.
class Maker {
 public:
  explicit Maker(unsigned seed) : x_random(seed) {}

  std::string message() { return "From: a@example.org\r\nSubject: made\r\nMIME-Version: 1.0\r\n" + entity(0); }

 private:
  bool one_in(int n) { return x_random() % static_cast<unsigned>(n) == 0; }

  std::string text() {
    static const char* const kLines[] = {"words", "", "-- ", "--", "--b", "--bx", "---", " --b1", "From nobody", "Content-Type: text/html", "."};
    std::string out;
    for (auto n = x_random() % 5; n > 0; --n) out += std::string(kLines[x_random() % std::size(kLines)]) + "\r\n";
    if (one_in(3)) out += "no end";
    return out;
  }

  // A header with its empty line, and a body.
  std::string entity(int depth) {
    const auto kind = depth > 4 ? 0 : x_random() % 4;
    if (kind == 1) {
      const auto boundary = "b" + std::to_string(++x_boundaries) + (one_in(2) ? std::string(x_random() % 3, 'x') : "");
      static const char* const kTypes[] = {"mixed", "alternative", "related"};
      std::string out =
          std::string("Content-Type: multipart/") + kTypes[x_random() % 3] + "; boundary=" + (one_in(2) ? "\"" + boundary + "\"" : boundary) + "\r\n\r\n";
      if (one_in(2)) out += "A preamble.\r\n--" + boundary + "y\r\n";
      for (auto n = 1 + x_random() % 3; n > 0; --n) out += "--" + boundary + (one_in(4) ? "  " : "") + "\r\n" + entity(depth + 1) + "\r\n";
      if (!one_in(8)) out += "--" + boundary + "--\r\n";
      return out;
    }
    if (kind == 2) return "Content-Type: message/rfc822\r\n\r\nFrom: b@example.org\r\nSubject: inside\r\n" + entity(depth + 1);
    static const char* const kHeads[] = {"\r\n", "Content-Type: text/plain\r\n\r\n",
                                         "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n",
                                         "Content-Type: text/html;\r\n charset=utf-8\r\n\r\n"};
    return kHeads[x_random() % std::size(kHeads)] + text();
  }

  std::mt19937 x_random;
  int x_boundaries = 0;
};

TEST(MimeAgainstGMime, MadeMessages) {
  for (unsigned seed = 0; seed < 3000; ++seed) {
    const auto octets = Maker(seed).message();
    ASSERT_EQ(by_us(octets), by_gmime(octets)) << "seed " << seed << "\n" << octets;
  }
}

}  // namespace
}  // namespace mailspec::reference::mime
