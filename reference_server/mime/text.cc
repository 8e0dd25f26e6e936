#include "reference_server/mime/text.h"

#include <iconv.h>

#include <algorithm>
#include <map>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reference_server/mime/base64.h"

namespace mailspec::reference::mime {

namespace {

int hex(char c) { return is_digit(c) ? c - '0' : to_upper(c) >= 'A' && to_upper(c) <= 'F' ? to_upper(c) - 'A' + 10 : -1; }

// "%41" or "=41", by `mark`.
std::string unescaped(std::string_view text, char mark) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == mark && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// One encoded word, "=?charset?B|Q?text?=".
std::optional<std::string> decode_word(std::string_view word) {
  const auto parts = split(word.substr(2, word.size() - 4), '?');
  if (parts.size() != 3 || parts[1].size() != 1) return std::nullopt;
  const auto charset = std::string(parts[0].substr(0, parts[0].find('*')));
  if (to_upper(parts[1][0]) == 'B') {
    const auto octets = base64_decode(parts[2]);
    return octets ? to_utf8(*octets, charset) : std::nullopt;
  }
  if (to_upper(parts[1][0]) != 'Q') return std::nullopt;
  return to_utf8(unescaped(replace_all(parts[2], "_", " "), '='), charset);
}

}  // namespace

std::optional<std::string> to_utf8(std::string_view octets, const std::string& charset) {
  const auto converter = iconv_open("UTF-8", charset.c_str());
  if (converter == reinterpret_cast<iconv_t>(-1)) return std::nullopt;
  std::string in(octets), out(octets.size() * 4 + 16, '\0');
  char *from = in.data(), *to = out.data();
  std::size_t left = in.size(), room = out.size();
  const bool good = iconv(converter, &from, &left, &to, &room) != static_cast<std::size_t>(-1);
  iconv_close(converter);
  if (!good) return std::nullopt;
  out.resize(out.size() - room);
  return out;
}

std::string decode_words(std::string_view value) {
  std::string out;
  bool after_word = false;
  for (std::size_t at = 0; at < value.size();) {
    const auto begin = value.find("=?", at);
    // The text stands behind the second question mark, and may begin with "=".
    auto mark = begin == std::string_view::npos ? begin : value.find('?', begin + 2);
    if (mark != std::string_view::npos) mark = value.find('?', mark + 1);
    const auto end = mark == std::string_view::npos ? mark : value.find("?=", mark + 1);
    if (end == std::string_view::npos) return out + std::string(value.substr(at));
    const auto between = value.substr(at, begin - at);
    const auto word = decode_word(value.substr(begin, end + 2 - begin));
    // RFC 2047 6.2: blanks between two encoded words are not shown.
    if (!(word && after_word && trim(between).empty())) out += between;
    out += word ? *word : std::string(value.substr(begin, end + 2 - begin));
    after_word = word.has_value();
    at = end + 2;
  }
  return out;
}

std::optional<std::string> decoded_text(const Part& part) {
  auto octets = decode(part);
  if (!octets || part.type != "TEXT") return octets;
  const auto it = std::ranges::find_if(part.params, [](const auto& p) { return iequals(p.first, "charset"); });
  if (it == part.params.end()) return octets;
  auto text = to_utf8(*octets, it->second);
  return text ? text : octets;
}

Params joined(const Params& params) {
  Params out;
  // By base name: its pieces in the order of their numbers, and whether they are extended.
  std::map<std::string, std::map<int, std::pair<std::string, bool>>> pieces;
  for (const auto& [name, value] : params) {
    const auto star = name.find('*');
    const auto digits = star == std::string::npos ? std::string() : name.substr(star + 1);
    if (digits.empty() || !is_digit(digits[0])) {
      out.emplace_back(name, value);
      continue;
    }
    const auto base = name.substr(0, star);
    if (!pieces.contains(base)) out.emplace_back(base + "*0", "");  // its place
    pieces[base][std::atoi(digits.c_str())] = {value, digits.ends_with('*')};
  }
  for (auto& [name, value] : out) {
    if (!name.ends_with("*0")) continue;
    const auto it = pieces.find(name.substr(0, name.size() - 2));
    if (it == pieces.end()) continue;
    std::string charset;
    const bool extended = it->second.begin()->second.second;
    for (auto& [n, piece] : it->second) {
      auto text = piece.first;
      if (n == 0 && extended) {
        // charset'language'text
        const auto first = text.find('\''), second = first == std::string::npos ? first : text.find('\'', first + 1);
        if (second != std::string::npos) {
          charset = text.substr(0, first);
          text.erase(0, second + 1);
        }
      }
      value += piece.second ? unescaped(text, '%') : text;
    }
    if (extended) value = to_utf8(value, charset).value_or(value);
    std::erase(value, '\0');  // %00 says nothing that a string could hold
    name = it->first + (extended ? "*" : "");
  }
  return out;
}

std::string without_binary(std::string_view message) {
  std::string out(message);
  const auto whole = parse_message(message);
  std::vector<const Part*> leaves;
  const auto collect = [&](const auto& self, const Part& p) -> void {
    if (p.parts.empty() && p.encoding == "BINARY") leaves.push_back(&p);
    for (const auto& child : p.parts) self(self, child);
  };
  collect(collect, whole);
  // From behind, so that what stands before keeps its place.
  std::ranges::sort(leaves, [](const auto* a, const auto* b) { return a->body.data() > b->body.data(); });
  for (const auto* leaf : leaves) {
    std::string lines;
    const auto encoded = base64_encode(leaf->body);
    for (std::size_t at = 0; at < encoded.size(); at += 76) lines += (at ? "\r\n" : "") + encoded.substr(at, 76);
    out.replace(static_cast<std::size_t>(leaf->body.data() - message.data()), leaf->body.size(), lines);
    const auto* field = leaf->field("Content-Transfer-Encoding");
    out.replace(static_cast<std::size_t>(field->raw.data() - message.data()), field->raw.size(), "Content-Transfer-Encoding: base64\r\n");
  }
  return out;
}

}  // namespace mailspec::reference::mime
