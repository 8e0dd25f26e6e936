#include "harness/imap/value.h"

#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/planted.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::imap {

namespace {

constexpr int kMaxDepth = 200;
constexpr std::size_t kMaxValues = 50'000;  // of one response; the rest is left out, untidily

class Reader {
 public:
  Reader(const Frame& frame, std::size_t at, std::size_t end) : x_frame(frame), x_text(frame.octets), x_at(at), x_end(end) {}

  bool untidy = false;

  std::vector<Value> all() {
    std::vector<Value> out;
    while (x_at < x_end) {
      if (x_count >= kMaxValues) {
        untidy = true;
        break;
      }
      if (x_text[x_at] == ' ') {
        ++x_at;
      } else if (x_text[x_at] == ')') {
        untidy = true;
        ++x_at;
      } else {
        out.push_back(value(0));
      }
    }
    return out;
  }

 private:
  Value value(int depth) {
    Value v;
    v.at = x_at;
    ++x_count;
    const char c = x_text[x_at];
    if (c == '(' && depth >= kMaxDepth && !planted("response-unbounded-recursion")) {
      // Deeper than any response is: the rest is no structure to anybody.
      untidy = true;
      v.text = x_text.substr(x_at, std::min<std::size_t>(x_end - x_at, 1024));
      x_at = x_end;
      return v;
    }
    if (c == '(') {
      v.kind = Value::Kind::list;
      ++x_at;
      while (x_at < x_end && x_text[x_at] != ')' && x_count < kMaxValues) {
        if (x_text[x_at] == ' ') ++x_at;
        else v.items.push_back(value(depth + 1));
      }
      if (x_at >= x_end) untidy = true;
      else ++x_at;
      return v;
    }
    if (c == '"') {
      v.kind = Value::Kind::quoted;
      v.text = quoted();
      return v;
    }
    if (const auto* l = literal_here()) return literal(*l);
    atom(v);
    return v;
  }

  std::string quoted() {
    std::string out;
    ++x_at;
    while (x_at < x_end && x_text[x_at] != '"') {
      if (x_text[x_at] == '\\' && x_at + 1 < x_end) ++x_at;
      out += x_text[x_at++];
    }
    if (x_at >= x_end) untidy = true;
    else ++x_at;
    return out;
  }

  // The literal whose "{n}" or "~{n}" begins here.
  const Literal* literal_here() const { return x_frame.literal_at(x_at); }

  Value literal(const Literal& l) {
    Value v;
    v.kind = Value::Kind::literal;
    v.at = x_at;
    v.text = x_text.substr(l.at, l.kept);
    v.size = l.size;
    v.sha256 = l.sha256;
    v.binary = l.binary;
    x_at = l.at + l.kept;
    return v;
  }

  // What stands in brackets behind these is a section, which may hold blanks. In a name they are letters like any other.
  static bool has_section(std::string_view name) {
    constexpr std::string_view kPeek = ".PEEK";
    const bool peeks = name.size() > kPeek.size() && iequals(name.substr(name.size() - kPeek.size()), kPeek);
    const auto* item = find_fetch_item(std::string(peeks ? name.substr(0, name.size() - kPeek.size()) : name) + "[");
    return item && (!peeks || item->sets_seen);
  }

  // Up to a blank or a parenthesis; a section is taken whole.
  void atom(Value& v) {
    const auto from = x_at;
    while (x_at < x_end && x_text[x_at] != ' ' && x_text[x_at] != ')' && x_text[x_at] != '(') {
      if (x_text[x_at] == '"') break;
      if (x_text[x_at] == '[' && has_section(x_text.substr(from, x_at - from))) {
        const auto close = x_unclosed ? std::string_view::npos : x_text.find(']', x_at);
        if (close == std::string_view::npos || close >= x_end) {
          x_unclosed = true;
          ++x_at;
          continue;
        }
        x_at = close + 1;
        continue;
      }
      if ((x_text[x_at] == '{' || x_text[x_at] == '~') && x_at > from && literal_here()) break;
      ++x_at;
    }
    if (x_at == from) {
      untidy = true;
      ++x_at;
    }
    v.text = x_text.substr(from, x_at - from);
  }

  const Frame& x_frame;
  std::string_view x_text;
  std::size_t x_at, x_end;
  std::size_t x_count = 0;
  bool x_unclosed = false;  // no "]" comes any more
};

}  // namespace

bool Value::is_nil() const { return kind == Kind::atom && iequals(text, "NIL"); }
std::optional<std::uint64_t> Value::number() const { return kind == Kind::atom ? parse_number(text) : std::nullopt; }

Response parse_response(Frame frame) {
  Response r;
  r.frame = std::move(frame);
  const std::string_view line = r.frame.octets;
  const auto first_space = line.find(' ');
  const auto first = line.substr(0, first_space);
  std::size_t at = first_space == std::string_view::npos ? line.size() : first_space + 1;
  // No tag begins with "+".
  if (line.starts_with('+')) {
    r.kind = Response::Kind::continuation;
    r.text = first == "+" ? line.substr(at) : line.substr(1);
    return r;
  }
  r.kind = first == "*" ? Response::Kind::untagged : Response::Kind::tagged;
  if (r.kind == Response::Kind::tagged) r.tag = first;
  const auto word = [&] {
    const auto end = std::min(line.find_first_of(" \r", at), line.size());
    const auto w = line.substr(at, end - at);
    at = std::min(end + 1, line.size());
    return w;
  };
  auto w = word();
  if (const auto n = parse_number(w); n && r.kind == Response::Kind::untagged) {
    r.number = n;
    w = word();
  }
  r.keyword = upper(w);
  if (r.is_status()) {
    const auto rest = line.substr(at);
    if (rest.starts_with('[')) {
      auto close = rest.find(']');
      // Literals in a code (BADCHARSET) may hold anything.
      for (const auto& l : r.frame.literals) close = rest.find(']', l.at + l.kept - at);
      if (close != std::string_view::npos) {
        r.code_text = rest.substr(1, close - 1);
        Reader reader(r.frame, at + 1, at + close);
        r.code_values = reader.all();
        if (!r.code_values.empty() && r.code_values[0].kind == Value::Kind::atom) {
          r.code = upper(r.code_values[0].text);
          r.code_values.erase(r.code_values.begin());
        }
        r.text = rest.substr(std::min(close + 2, rest.size()));
        return r;
      }
    }
    r.text = rest;
    return r;
  }
  Reader reader(r.frame, at, line.size());
  r.values = reader.all();
  r.untidy = reader.untidy;
  return r;
}

std::vector<FetchItem> fetch_items(const Response& response) {
  std::vector<FetchItem> out;
  if (response.keyword != "FETCH" || response.values.empty() || !response.values[0].is_list()) return out;
  const auto& items = response.values[0].items;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    FetchItem item;
    item.name = upper(items[i].text);
    item.value = &items[i + 1];
    if (const auto from = item.name.rfind("]<"); from != std::string::npos && item.name.ends_with('>')) {
      item.origin = parse_number(std::string_view(item.name).substr(from + 2, item.name.size() - from - 3));
      if (item.origin) item.name.resize(from + 1);  // else it is no name of an item at all
    }
    out.push_back(std::move(item));
  }
  return out;
}

const Value* fetch_item(const Response& response, std::string_view name) {
  if (response.keyword != "FETCH" || response.values.empty() || !response.values[0].is_list()) return nullptr;
  const auto& items = response.values[0].items;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    if (iequals(items[i].text, name)) return &items[i + 1];
  }
  return nullptr;
}

std::vector<Value> parse_values(std::string_view text) {
  Frame frame;
  frame.octets = text;
  return Reader(frame, 0, frame.octets.size()).all();
}

}  // namespace mailspec::imap
