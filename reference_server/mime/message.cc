#include "reference_server/mime/message.h"

#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/planted.h"
#include "harness/base/text.h"
#include "reference_server/mime/base64.h"

namespace mailspec::reference::mime {

namespace {

constexpr int kMaxDepth = 100;

bool blank(char c) { return c == ' ' || c == '\t'; }

// A lexer over a structured field: skips white space and comments.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : x_text(text) {}
  void skip() {
    while (x_at < x_text.size()) {
      const char c = x_text[x_at];
      if (blank(c) || c == '\r' || c == '\n') ++x_at;
      else if (c == '(') comment();
      else break;
    }
  }
  bool end() {
    skip();
    return x_at >= x_text.size();
  }
  char peek() { return end() ? '\0' : x_text[x_at]; }
  void next() { ++x_at; }
  bool take(char c) {
    if (peek() != c) return false;
    ++x_at;
    return true;
  }
  std::string quoted() {
    std::string out;
    ++x_at;
    while (x_at < x_text.size() && x_text[x_at] != '"') {
      if (x_text[x_at] == '\\' && x_at + 1 < x_text.size()) ++x_at;
      if (x_text[x_at] != '\r' && x_text[x_at] != '\n') out += x_text[x_at];
      ++x_at;
    }
    if (x_at < x_text.size()) ++x_at;
    return out;
  }
  std::string token(std::string_view specials) {
    std::string out;
    skip();
    while (x_at < x_text.size() && !blank(x_text[x_at]) && specials.find(x_text[x_at]) == std::string_view::npos) out += x_text[x_at++];
    return out;
  }
  std::string word(std::string_view specials) { return peek() == '"' ? quoted() : token(specials); }
  std::string last_comment;

 private:
  void comment() {
    int depth = 0;
    last_comment.clear();
    do {
      const char c = x_text[x_at++];
      if (c == '\\' && x_at < x_text.size()) {
        last_comment += x_text[x_at++];
        continue;
      }
      if (c == '(' && depth++ == 0) continue;
      if (c == ')' && --depth == 0) break;
      last_comment += c;
    } while (x_at < x_text.size());
  }
  std::string_view x_text;
  std::size_t x_at = 0;
};

constexpr std::string_view kMimeSpecials = "()<>@,;:\\\"/[]?=\r\n";
constexpr std::string_view kMailSpecials = "()<>@,;:\\\"[]\r\n";

std::string local_part(Lexer& lex) {
  std::string out;
  for (;;) {
    out += lex.word("()<>@,;:\\\"[]\r\n");
    const char c = lex.peek();
    if (c == '.' || (c == '"' && out.ends_with('.'))) {
      if (c == '.') {
        lex.next();
        out += '.';
      }
      continue;
    }
    return out;
  }
}

std::string domain(Lexer& lex) {
  if (lex.peek() == '[') {
    std::string out;
    while (!lex.end()) {
      const char c = lex.peek();
      lex.next();
      out += c;
      if (c == ']') break;
    }
    return out;
  }
  return lex.token(kMailSpecials);
}

// The end of the header: after its empty line, or the end of all.
std::size_t header_end(std::string_view octets) {
  if (octets.starts_with("\r\n")) return 2;
  const auto at = octets.find("\r\n\r\n");
  return at == std::string_view::npos ? octets.size() : at + 4;
}

std::vector<Field> parse_fields(std::string_view header) {
  std::vector<Field> out;
  std::size_t at = 0;
  while (at < header.size()) {
    auto end = header.find("\r\n", at);
    while (end != std::string_view::npos && end + 2 < header.size() && blank(header[end + 2])) end = header.find("\r\n", end + 2);
    const auto next = end == std::string_view::npos ? header.size() : end + 2;
    const auto raw = header.substr(at, next - at);
    at = next;
    if (raw == "\r\n" || raw.empty()) continue;
    const auto colon = raw.find(':');
    if (colon == std::string_view::npos) continue;
    Field f;
    f.name = trim(raw.substr(0, colon));
    f.raw = raw;
    f.value = std::string(trim(replace_all(std::string(raw.substr(colon + 1)), "\r\n", "")));
    out.push_back(std::move(f));
  }
  return out;
}

Part parse(std::string_view octets, int depth, bool in_digest);

std::vector<Part> split_multipart(std::string_view body, const std::string& boundary, int depth, bool digest) {
  std::vector<Part> out;
  const std::string dashes = "--" + boundary;
  std::size_t at = 0;
  std::optional<std::size_t> begin;
  while (at <= body.size()) {
    // A delimiter stands at the beginning of a line; the line end before it belongs to it (RFC 2046 5.1.1).
    auto found = body.find(dashes, at);
    while (found != std::string_view::npos && found != 0 && !(found >= 2 && body.substr(found - 2, 2) == "\r\n")) found = body.find(dashes, found + 1);
    if (found == std::string_view::npos) {
      if (begin) out.push_back(parse(body.substr(*begin), depth + 1, digest));
      return out;
    }
    auto after = found + dashes.size();
    const bool last = body.substr(after, 2) == "--";
    if (last) after += 2;
    while (after < body.size() && blank(body[after])) ++after;
    const bool whole = after == body.size() || body.substr(after, 2) == "\r\n";
    if (!whole) {
      at = found + 1;
      continue;
    }
    if (begin) {
      const auto end = found >= 2 && found - 2 >= *begin ? found - 2 : *begin;
      out.push_back(parse(body.substr(*begin, end - *begin), depth + 1, digest));
    }
    if (last) return out;
    begin = std::min(after + 2, body.size());
    at = *begin >= 2 ? *begin - 2 : *begin;
    if (after == body.size()) return out;
    at = *begin;
    // The next delimiter may follow at once; then its line end is this one's.
    if (body.substr(at).starts_with(dashes)) {
      continue;
    }
  }
  return out;
}

Part parse(std::string_view octets, int depth, bool in_digest) {
  Part p;
  const auto end = header_end(octets);
  p.header = octets.substr(0, end);
  p.body = octets.substr(end);
  p.fields = parse_fields(p.header);
  if (in_digest) p.type = "MESSAGE", p.subtype = "RFC822";
  if (const auto* f = p.field("Content-Type")) {
    auto [value, params] = parse_parameterized(f->value);
    const auto slash = value.find('/');
    if (slash != std::string::npos && slash > 0 && slash + 1 < value.size()) {
      p.type = value.substr(0, slash);
      p.subtype = value.substr(slash + 1);
      p.params = std::move(params);
    }
  } else if (!in_digest) {
    p.params = {{"CHARSET", "US-ASCII"}};
  }
  if (const auto* f = p.field("Content-Transfer-Encoding")) {
    Lexer lex(f->value);
    if (auto e = upper(lex.token(kMimeSpecials)); !e.empty()) p.encoding = e;
  }
  if (depth >= kMaxDepth) return p;
  if (p.type == "MULTIPART") {
    const auto it = std::ranges::find_if(p.params, [](const auto& q) { return iequals(q.first, "boundary"); });
    if (it != p.params.end() && !it->second.empty()) p.parts = split_multipart(p.body, it->second, depth, p.subtype == "DIGEST");
    if (p.parts.empty()) p.type = "APPLICATION", p.subtype = "OCTET-STREAM";
  } else if (p.type == "MESSAGE" && (p.subtype == "RFC822" || p.subtype == "GLOBAL")) {
    p.parts.push_back(parse(p.body, depth + 1, false));
  }
  return p;
}

}  // namespace

const Field* Part::field(std::string_view name) const {
  const auto it = std::ranges::find_if(fields, [&](const auto& f) { return iequals(f.name, name); });
  return it == fields.end() ? nullptr : &*it;
}

std::size_t Part::lines() const {
  std::size_t n = 0;
  for (std::size_t at = 0; (at = body.find('\n', at)) != std::string_view::npos; ++at) ++n;
  return n;
}

Part parse_message(std::string_view octets) { return parse(octets, 0, false); }

std::pair<std::string, Params> parse_parameterized(std::string_view text) {
  Lexer lex(text);
  std::string value = upper(lex.token("()<>@,;:\\\"[]?=\r\n"));
  Params params;
  while (lex.take(';')) {
    auto name = upper(lex.token(kMimeSpecials));
    if (!lex.take('=')) continue;
    params.emplace_back(std::move(name), lex.word(kMimeSpecials));
  }
  return {std::move(value), std::move(params)};
}

std::vector<Address> parse_addresses(std::string_view text) {
  std::vector<Address> out;
  Lexer lex(text);
  bool in_group = false;
  while (!lex.end()) {
    if (lex.take(',')) continue;
    if (in_group && lex.take(';')) {
      out.emplace_back();
      in_group = false;
      continue;
    }
    std::string phrase;
    bool any = false;
    lex.last_comment.clear();
    while (!lex.end() && std::string_view("<@,;:").find(lex.peek()) == std::string_view::npos) {
      if (any) phrase += ' ';
      const auto w = lex.word(kMailSpecials);
      if (w.empty() && lex.peek() != '"') {
        lex.next();
        continue;
      }
      phrase += w;
      any = true;
    }
    Address a;
    if (lex.take(':')) {
      a.mailbox = phrase;
      out.push_back(std::move(a));
      in_group = true;
      continue;
    }
    if (lex.take('<')) {
      if (any) a.name = phrase;
      if (lex.peek() == '@') {
        std::string route;
        while (!lex.end() && lex.peek() != ':') {
          route += lex.peek();
          lex.next();
        }
        lex.take(':');
        a.route = route;
      }
      a.mailbox = local_part(lex);
      a.host = lex.take('@') ? domain(lex) : "";
      while (!lex.end() && !lex.take('>')) lex.next();
      out.push_back(std::move(a));
      continue;
    }
    if (lex.take('@')) {
      a.mailbox = replace_all(phrase, " ", "");
      a.host = domain(lex);
      lex.skip();
      if (!lex.last_comment.empty()) a.name = lex.last_comment;
      out.push_back(std::move(a));
      continue;
    }
    if (any) {
      a.mailbox = phrase;
      a.host = "";
      out.push_back(std::move(a));
    }
    // A ';' ends a group; elsewhere it is nobody's.
    if (!lex.end() && lex.peek() != ',' && !((in_group || planted("address-semicolon-loops")) && lex.peek() == ';')) lex.next();
  }
  if (in_group) out.emplace_back();
  return out;
}

std::optional<std::string> decode(const Part& part) {
  if (part.encoding == "7BIT" || part.encoding == "8BIT" || part.encoding == "BINARY") return std::string(part.body);
  if (part.encoding == "BASE64") {
    std::string text;
    for (const char c : part.body) {
      if (c != '\r' && c != '\n' && !blank(c)) text += c;
    }
    return base64_decode(text);
  }
  if (part.encoding == "QUOTED-PRINTABLE") {
    std::string out;
    const auto hex = [](char c) { return is_digit(c) ? c - '0' : to_upper(c) >= 'A' && to_upper(c) <= 'F' ? to_upper(c) - 'A' + 10 : -1; };
    for (std::size_t i = 0; i < part.body.size(); ++i) {
      const char c = part.body[i];
      if (c != '=') {
        out += c;
      } else if (part.body.substr(i + 1, 2) == "\r\n") {
        i += 2;
      } else if (i + 2 < part.body.size() && hex(part.body[i + 1]) >= 0 && hex(part.body[i + 2]) >= 0) {
        out += static_cast<char>(hex(part.body[i + 1]) * 16 + hex(part.body[i + 2]));
        i += 2;
      } else {
        return std::nullopt;
      }
    }
    return out;
  }
  return std::nullopt;
}

}  // namespace mailspec::reference::mime
