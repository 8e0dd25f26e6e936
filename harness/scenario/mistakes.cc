#include "harness/scenario/mistakes.h"

#include <algorithm>
#include <map>
#include <set>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::scenario {

namespace {

using Kind = Step::Kind;

bool is_sent(const Step& s) { return s.kind == Kind::send || s.kind == Kind::send_raw || s.kind == Kind::attempt; }
bool is_expected(const Step& s) { return s.kind == Kind::expect || s.kind == Kind::expect_not || s.kind == Kind::expect_maybe || s.kind == Kind::expect_after; }

// What the runner binds: see Speaker::bind_account and the set-up of either protocol.
bool is_given(const std::string& name) {
  static const std::set<std::string, std::less<>> kAll{"user", "password", "nobody", "other", "banner", "marker", "box", "box2", "sep", "prefix", "ulast"};
  return kAll.contains(name) || (name.size() > 1 && name[0] == 'u' && parse_number(name.substr(1)));
}

void collect(const Line& line, std::set<std::string>& bound, std::set<std::string>& used) {
  for (const auto& piece : line) {
    if (piece.kind == Piece::Kind::bind || piece.kind == Piece::Kind::one_of) bound.insert(piece.text);
    if (piece.kind == Piece::Kind::use) used.insert(piece.text);
    for (const auto& argument : piece.args) collect(argument, bound, used);
  }
}

void collect(const Step& step, std::set<std::string>& bound, std::set<std::string>& used) {
  for (const auto* line : {&step.pieces, &step.left, &step.right}) collect(*line, bound, used);
  for (const auto& other : step.or_else) collect(other, bound, used);
}

// Untagged responses, by name; a server's own begin with X.
const std::vector<std::string>& response_names() {
  static const auto kAll = [] {
    std::vector<std::string> all{"OK", "NO", "BAD", "BYE", "PREAUTH"};
    for (const auto& extension : imap::vocabulary()) {
      for (const auto& word : extension.untagged) all.emplace_back(word.keyword);
    }
    return all;
  }();
  return kAll;
}

// The response a pattern "* FETCH" or "* 2 FETCH" names, or "".
std::string response_name(const Line& line) {
  if (line.empty() || line[0].kind != Piece::Kind::literal || !line[0].text.starts_with("* ")) return {};
  std::string text;
  for (const auto& piece : line) text += piece.kind == Piece::Kind::literal ? piece.text : piece.kind == Piece::Kind::rest ? "..." : "0";
  auto all = words(text);
  const auto at = all.size() > 2 && std::ranges::all_of(all[1], is_digit) ? 2u : 1u;
  const bool is_name = all.size() > at && std::ranges::all_of(all[at], [](char c) { return c >= 'A' && c <= 'Z'; });
  return is_name ? all[at] : std::string();
}

// The first word of a line, where it is there as written.
std::string first_word(const Line& line) {
  if (line.empty() || line[0].kind != Piece::Kind::literal) return {};
  const auto& text = line[0].text;
  const auto blank = text.find(' ');
  return blank == std::string::npos && line.size() > 1 ? std::string() : text.substr(0, blank);
}

bool has_password(const Line& line) {
  return std::ranges::any_of(line, [](const auto& piece) { return piece.kind == Piece::Kind::use && piece.text == "password"; });
}

class Reader {
 public:
  explicit Reader(const Case& test) : x_case(test) {}

  std::vector<std::string> read() {
    const auto& steps = x_case.steps;
    std::set<std::string> bound;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      // Lines for responses that may come in any order are one pattern.
      if (i == 0 || !is_expected(steps[i]) || !is_expected(steps[i - 1])) {
        for (auto k = i; k < steps.size() && (k == i || (is_expected(steps[i]) && is_expected(steps[k]))); ++k) {
          std::set<std::string> unused;
          collect(steps[k], bound, unused);
        }
      }
      names(steps[i], bound);
      fixtures(steps[i]);
      if (steps[i].kind == Kind::expect_not) never(i);
      if (x_case.protocol_of(steps[i].connection) == Protocol::imap) tags(steps[i]);
    }
    return std::move(x_out);
  }

 private:
  void wrong(const Step& step, const std::string& what) { x_out.push_back(x_case.path + ":" + std::to_string(step.line) + ": " + what); }

  void names(const Step& step, const std::set<std::string>& bound) {
    std::set<std::string> own, used;
    collect(step, own, used);
    for (const auto& name : used) {
      if (bound.contains(name) || is_given(name)) continue;
      std::vector<std::string> known(bound.begin(), bound.end());
      known.insert(known.end(), {"user", "password", "nobody", "other", "banner", "marker", "box", "box2", "sep", "prefix", "u1", "ulast"});
      wrong(step, unknown("name", name, known) + " (it is to be bound above, as in 'S: * {" + name + "=} EXISTS')");
    }
  }

  // What a scenario has looked at, or may.
  void fixtures(const Step& step) {
    if (!is_sent(step)) return;
    for (const auto& piece : step.pieces) {
      if (piece.kind == Piece::Kind::data && !piece.text.empty()) x_fixtures.insert(piece.text);
    }
  }

  bool is_there(const std::string& reference) const {
    const auto name = reference.substr(0, reference.find(".eml") + 4);
    return x_fixtures.contains(name) || std::ranges::any_of(x_case.messages, [&](const auto& m) { return m.fixture == name; });
  }

  // S!: lines that nothing can break.
  void never(std::size_t at) {
    const auto& steps = x_case.steps;
    const auto& step = steps[at];
    const bool imap = x_case.protocol_of(step.connection) == Protocol::imap;
    auto first = at, end = at + 1;
    while (first > 0 && is_expected(steps[first - 1])) --first;
    while (end < steps.size() && is_expected(steps[end])) ++end;
    const auto mine = [&](std::size_t i) { return steps[i].connection == step.connection; };
    for (auto i = first; i < at; ++i) {
      if (mine(i) && steps[i].kind == Kind::expect_not && steps[i].text == step.text) wrong(step, "the same stands above already");
    }
    if (!imap) {
      bool opened = false, closed = false;
      for (auto i = first; i < at; ++i) opened = opened || (mine(i) && steps[i].kind == Kind::expect);
      for (auto i = at; i < end; ++i) closed = closed || (mine(i) && steps[i].kind == Kind::expect && steps[i].text.ends_with(": ."));
      if (!opened || !closed) wrong(step, "it is never looked at: 'S!:' stands between the first line of a multi-line response and its 'S: .'");
      return;
    }
    bool read = false;
    for (auto i = first; i < end; ++i) {
      // What is tagged is waited for wherever it stands; what is not, in its turn.
      const auto tag = steps[i].kind == Kind::expect ? first_word(steps[i].pieces) : std::string("*");
      read = read || (mine(i) && (tag != "*" || (i < at && steps[i].kind == Kind::expect)));
    }
    read = read || (end < steps.size() && steps[end].kind == Kind::answer && mine(end));
    if (!read) wrong(step, "it can never be broken, for nothing is read before it: write it beside 'S: TAG ...' of the same connection");
    if (const auto name = response_name(step.pieces);
        !name.empty() && !name.starts_with('X') && std::ranges::find(response_names(), name) == response_names().end())
      wrong(step, "it can never be broken: " + unknown("response", name, response_names()));
    for (const auto& piece : step.pieces) {
      if (piece.kind == Piece::Kind::literal && piece.text.find('@') != std::string::npos) file_in(step, piece.text);
      if (piece.kind == Piece::Kind::file && !is_there(piece.text)) wrong(step, "it can never be broken: the case has no message " + piece.text);
    }
  }

  void file_in(const Step& step, const std::string& text) {
    for (const auto& word : words(text)) {
      const auto sign = word.find('@'), dot = word.find(".eml");
      if (sign == std::string::npos || dot == std::string::npos || dot < sign) continue;
      const auto name = word.substr(sign + 1, dot + 4 - sign - 1);
      if (!is_there(name)) wrong(step, "it can never be broken: the case has no message " + name);
    }
  }

  void tags(const Step& step) {
    const int n = step.connection;
    if (step.kind == Kind::connect) x_used[n].clear();
    if (is_sent(step)) {
      for (const auto& piece : step.pieces) {
        const bool in_literal = piece.kind == Piece::Kind::data && !piece.args.empty() && has_password(piece.args[0]);
        if (in_literal) wrong(step, "a password may hold what LOGIN cannot: write {\"{ascii {password}}\"}");
        if (piece.kind == Piece::Kind::use && piece.text == "password")
          wrong(step, "a password may hold what an atom, or a string in quotes, cannot: write {astring {password}}, {atom {password}} or {quoted {password}}");
      }
      x_sent[n] += step.text + "\n";
      const auto tag = first_word(step.pieces);
      // Lines of an exchange, and DONE, have no tag; C~ lines do as they like.
      const auto& after = step.pieces.empty() ? std::string() : step.pieces[0].text;
      const bool command = step.kind == Kind::send && !tag.empty() && after.size() > tag.size() + 1 && to_upper(after[tag.size() + 1]) >= 'A' &&
                           to_upper(after[tag.size() + 1]) <= 'Z';
      if (command && !x_used[n].insert(tag).second)
        wrong(step, "the tag " + tag + " stands above already: each command of a connection has its own (RFC 9051 section 2.2.1); on purpose: C~");
      return;
    }
    std::string tag;
    if (is_expected(step)) tag = first_word(step.pieces);
    else if ((step.kind == Kind::refused || step.kind == Kind::taken) && !step.words.empty()) tag = step.words[0];
    else if (step.kind == Kind::answer && step.words.size() > 1) tag = step.words[1];
    if (tag == "+OK" || tag == "-ERR") return wrong(step, tag + " is POP3's, and this connection speaks IMAP: write 'S: TAG OK' or 'refused TAG'");
    if (tag.empty() || tag == "*" || tag == "+" || tag == "..." || tag.find('{') != std::string::npos || tag == "BYE") return;
    const auto& sent = x_sent[n];
    // What makes many commands of one line makes their tags, too.
    if (sent.find("{numbered") != std::string::npos || sent.find("{repeat") != std::string::npos) return;
    if (sent.find(tag) == std::string::npos) wrong(step, "no command above has the tag " + tag + " on connection " + std::to_string(n));
  }

  const Case& x_case;
  std::vector<std::string> x_out;
  std::set<std::string> x_fixtures;             // that were sent
  std::map<int, std::set<std::string>> x_used;  // tags, by connection
  std::map<int, std::string> x_sent;            // all that was sent, as written
};

}  // namespace

std::vector<std::string> mistakes(const Case& test) { return Reader(test).read(); }

}  // namespace mailspec::scenario
