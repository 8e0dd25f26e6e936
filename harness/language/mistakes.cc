#include "harness/language/mistakes.h"

#include <algorithm>
#include <map>
#include <set>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/vocabulary.h"

namespace mailspec::scenario {

namespace {

// What the runner binds: see Speaker::bind_account and the set-up of either protocol.
bool is_given(const std::string& name) {
  static const std::set<std::string, std::less<>> kAll{"user", "password", "nobody", "other", "banner", "marker", "box", "box2", "sep", "prefix", "ulast"};
  return kAll.contains(name) || (name.size() > 1 && name[0] == 'u' && parse_number(name.substr(1)));
}

using Names = std::set<std::string>;

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

// As it is, in no form that lets it hold all octets.
bool gives_password(const Line& line) {
  return std::ranges::any_of(line, [](const auto& piece) { return piece.kind == Piece::Kind::use && piece.text == "password"; });
}

class Reader {
 public:
  explicit Reader(const Case& test) : x_case(test) {}

  std::vector<std::string> read() {
    for (std::size_t i = 0; i < x_case.steps.size(); ++i) {
      const auto& step = x_case.steps[i];
      if (const auto* exchange = step.as<Exchange>()) {
        read(*exchange);
        continue;
      }
      if (const auto* attempt = step.as<Attempt>()) {
        read(attempt->sent, true);
        continue;
      }
      step.for_each_line([&](const Line& line) { names(line, step.line); });
      if (step.is<Connect>()) x_used[step.connection].clear();
      if (x_case.protocol_of(step.connection) == Protocol::imap) tag_of_answer(tag_named(step), step.connection, step.line);
    }
    return std::move(x_out);
  }

 private:
  void read(const Exchange& exchange) {
    for (const auto& sent : exchange.sends) read(sent);
    // Lines for responses that may come in any order are one pattern.
    Names unused;
    for (const auto& demand : exchange.demands) {
      collect_names(demand.pattern, x_bound, unused);
      for_each_line(demand, [&](const Demand& line) { collect_names(line.pattern, x_bound, unused); });
    }
    for (std::size_t i = 0; i < exchange.demands.size(); ++i) {
      const auto& demand = exchange.demands[i];
      names(demand.pattern, demand.line);
      std::set<std::string> never_above;
      for_each_line(demand, [&](const Demand& line) {
        names(line.pattern, line.line);
        if (line.kind == Demand::Kind::never && !never_above.insert(line.text).second) wrong(line.line, kTwice);
      });
      if (x_case.protocol_of(demand.connection) != Protocol::imap) continue;
      if (demand.kind == Demand::Kind::never) never(exchange, i);
      tag_of_answer(first_word(demand.pattern), demand.connection, demand.line);
    }
  }

  void read(const Sent& sent, bool is_attempt = false) {
    names(sent.pieces, sent.line);
    for (const auto& piece : sent.pieces) {
      if (piece.kind == Piece::Kind::data && !piece.text.empty()) x_fixtures.insert(piece.text);
    }
    if (x_case.protocol_of(sent.connection) == Protocol::imap) tag_of_command(sent, is_attempt);
  }

  // The lines of a POP3 response, below its first.
  template <class F>
  static void for_each_line(const Demand& demand, F&& see) {
    if (!demand.lines) return;
    for (const auto& line : *demand.lines) see(line);
  }

  // The tag of the command that the step is about, or "".
  static std::string tag_named(const Step& step) {
    if (const auto* refused = step.as<Refused>()) return refused->tag;
    if (const auto* taken = step.as<Taken>()) return taken->tag;
    if (const auto* answer = step.as<ObserveAnswer>()) return answer->tag;
    return {};
  }

  static constexpr const char* kTwice = "the same stands above already";

  void wrong(int line, const std::string& what) { x_out.push_back(x_case.path + ":" + std::to_string(line) + ": " + what); }

  void names(const Line& line, int number) {
    Names own, used;
    collect_names(line, own, used);
    for (const auto& name : used) {
      if (x_bound.contains(name) || is_given(name)) continue;
      std::vector<std::string> known(x_bound.begin(), x_bound.end());
      known.insert(known.end(), {"user", "password", "nobody", "other", "banner", "marker", "box", "box2", "sep", "prefix", "u1", "ulast"});
      wrong(number, unknown("name", name, known) + " (it is to be bound above, as in 'S: * {" + name + "=} EXISTS')");
    }
  }

  bool is_there(const std::string& reference) const {
    const auto name = reference.substr(0, reference.find(".eml") + 4);
    return x_fixtures.contains(name) || std::ranges::any_of(x_case.messages, [&](const auto& m) { return m.fixture == name; });
  }

  // S!: lines that nothing can break.
  void never(const Exchange& exchange, std::size_t at) {
    const auto& demands = exchange.demands;
    const auto& own = demands[at];
    const int n = own.connection;
    bool read = exchange.then_answer && exchange.then_answer->first == n;
    for (std::size_t i = 0; i < demands.size(); ++i) {
      const auto& other = demands[i];
      if (other.connection != n) continue;
      if (i < at && other.kind == Demand::Kind::never && other.text == own.text) wrong(own.line, kTwice);
      // What is tagged is waited for wherever it stands; what is not, in its turn.
      const bool due = other.kind == Demand::Kind::due;
      read = read || (due && (i < at || first_word(other.pattern) != "*"));
    }
    if (!read) wrong(own.line, "it can never be broken, for nothing is read before it: write it beside 'S: TAG ...' of the same connection");
    if (const auto name = response_name(own.pattern);
        !name.empty() && !name.starts_with('X') && std::ranges::find(response_names(), name) == response_names().end())
      wrong(own.line, "it can never be broken: " + unknown("response", name, response_names()));
    for (const auto& piece : own.pattern) {
      if (piece.kind == Piece::Kind::literal && piece.text.find('@') != std::string::npos) file_in(own.line, piece.text);
      if (piece.kind == Piece::Kind::file && !is_there(piece.text)) wrong(own.line, "it can never be broken: the case has no message " + piece.text);
    }
  }

  void file_in(int line, const std::string& text) {
    for (const auto& word : words(text)) {
      const auto sign = word.find('@'), dot = word.find(".eml");
      if (sign == std::string::npos || dot == std::string::npos || dot < sign) continue;
      const auto name = word.substr(sign + 1, dot + 4 - sign - 1);
      if (!is_there(name)) wrong(line, "it can never be broken: the case has no message " + name);
    }
  }

  void tag_of_command(const Sent& sent, bool is_attempt) {
    const int n = sent.connection;
    for (const auto& piece : sent.pieces) {
      const bool in_literal = piece.kind == Piece::Kind::data && !piece.args.empty() && gives_password(piece.args[0]);
      if (in_literal) wrong(sent.line, "a password may hold what LOGIN cannot: write {\"{ascii {password}}\"}");
      if (piece.kind == Piece::Kind::use && piece.text == "password")
        wrong(sent.line,
              "a password may hold what an atom, or a string in quotes, cannot: write {astring {password}}, {atom {password}} or {quoted {password}}");
    }
    x_sent[n] += sent.text + "\n";
    const auto tag = first_word(sent.pieces);
    // Lines of an exchange, and DONE, have no tag; C~ lines do as they like.
    const auto& after = sent.pieces.empty() ? std::string() : sent.pieces[0].text;
    const bool command = !sent.raw && !is_attempt && !tag.empty() && after.size() > tag.size() + 1 && to_upper(after[tag.size() + 1]) >= 'A' &&
                         to_upper(after[tag.size() + 1]) <= 'Z';
    if (command && !x_used[n].insert(tag).second)
      wrong(sent.line, "the tag " + tag + " stands above already: each command of a connection has its own (RFC 9051 section 2.2.1); on purpose: C~");
  }

  void tag_of_answer(const std::string& tag, int n, int line) {
    if (tag == "+OK" || tag == "-ERR") return wrong(line, tag + " is POP3's, and this connection speaks IMAP: write 'S: TAG OK' or 'refused TAG'");
    if (tag.empty() || tag == "*" || tag == "+" || tag == "..." || tag.find('{') != std::string::npos || tag == "BYE") return;
    const auto& sent = x_sent[n];
    // What makes many commands of one line makes their tags, too.
    if (sent.find("{numbered") != std::string::npos || sent.find("{repeat") != std::string::npos) return;
    if (sent.find(tag) == std::string::npos) wrong(line, "no command above has the tag " + tag + " on connection " + std::to_string(n));
  }

  const Case& x_case;
  std::vector<std::string> x_out;
  Names x_bound;
  std::set<std::string> x_fixtures;             // that were sent
  std::map<int, std::set<std::string>> x_used;  // tags, by connection
  std::map<int, std::string> x_sent;            // all that was sent, as written
};

}  // namespace

std::vector<std::string> mistakes(const Case& test) { return Reader(test).read(); }

}  // namespace mailspec::scenario
