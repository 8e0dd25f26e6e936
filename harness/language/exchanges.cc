#include "harness/language/exchanges.h"

#include <algorithm>
#include <utility>

namespace mailspec::scenario {

namespace {

int connection_of(const ParsedLine& line) {
  return std::visit([](const auto& l) { return l.connection; }, line);
}

template <class T>
const T* step_as(const ParsedLine& line) {
  const auto* step = std::get_if<Step>(&line);
  return step ? step->as<T>() : nullptr;
}

// The next line of the connection, stakes aside; nothing if it is the last.
const ParsedLine* next_of(const std::vector<ParsedLine>& lines, std::size_t at, int connection) {
  const auto it = std::find_if(lines.begin() + static_cast<std::ptrdiff_t>(at) + 1, lines.end(),
                               [&](const ParsedLine& line) { return !step_as<AtStake>(line) && connection_of(line) == connection; });
  return it == lines.end() ? nullptr : &*it;
}

bool starts_tls(const ParsedLine& line) {
  if (const auto* sent = std::get_if<Sent>(&line)) return sent->starts_tls;
  const auto* attempt = step_as<Attempt>(line);
  return attempt && attempt->sent.starts_tls;
}

void look_ahead(Connect& connect, const ParsedLine* next) {
  const auto* demand = next ? std::get_if<Demand>(next) : nullptr;
  connect.greeting_is_judged = demand && demand->kind == Demand::Kind::due;
  connect.before_stls = next && starts_tls(*next);
  connect.is_last = !next;
}

// Is how the command at `at` is answered left to the server?
bool any_answer_will_do(const std::vector<ParsedLine>& lines, std::size_t at) {
  for (auto i = at + 1; i < lines.size(); ++i) {
    if (connection_of(lines[i]) != connection_of(lines[at])) continue;
    if (step_as<ObserveAnswer>(lines[i])) return true;
    const auto* demand = std::get_if<Demand>(&lines[i]);
    if (!demand || (demand->kind != Demand::Kind::never && demand->kind != Demand::Kind::maybe)) return false;
  }
  return false;
}

bool is_first_line(const Line& pattern) {
  const auto& p = pattern[0];
  const auto is_status = [](std::string_view word) { return word == "+OK" || word == "-ERR" || word == "+"; };
  if (p.kind == Piece::Kind::one_of) return std::ranges::all_of(p.choices, is_status);
  return p.kind == Piece::Kind::literal && is_status(std::string_view(p.text).substr(0, p.text.find(' ')));
}

bool is_end(const Demand& line) { return line.kind == Demand::Kind::due && line.pattern.size() == 1 && line.pattern[0].text == "."; }

class Assembler {
 public:
  Assembler(std::vector<ParsedLine> lines, const std::function<Protocol(int)>& protocol_of, const std::string& path)
      : x_lines(std::move(lines)), x_protocol_of(protocol_of), x_path(path) {}

  Result<std::vector<Step>> run() {
    for (std::size_t i = 0; i < x_lines.size(); ++i) {
      if (auto* connect = std::get_if<Step>(&x_lines[i]); connect && connect->is<Connect>())
        look_ahead(std::get<Connect>(connect->does), next_of(x_lines, i, connect->connection));
      if (auto* sent = std::get_if<Sent>(&x_lines[i])) sent->any_answer_will_do = any_answer_will_do(x_lines, i);
    }
    while (x_at < x_lines.size()) {
      if (auto* step = std::get_if<Step>(&x_lines[x_at])) {
        if (const auto* answer = step->as<ObserveAnswer>(); answer && x_exchange && !x_exchange->demands.empty())
          x_exchange->then_answer.emplace(step->connection, answer->tag);
        x_steps.push_back(std::move(*step));
        x_exchange = nullptr;
        ++x_at;
      } else if (auto s = take_line(); !s) {
        return s.error();
      }
    }
    return std::move(x_steps);
  }

 private:
  Error wrong(int line, const std::string& what) const { return {Error::Kind::config, x_path + ":" + std::to_string(line) + ":1: " + what}; }

  Status take_line() {
    const int connection = connection_of(x_lines[x_at]);
    const auto protocol = x_protocol_of(connection);
    auto* sent = std::get_if<Sent>(&x_lines[x_at]);
    const bool fits = x_exchange && protocol == x_protocol && (!sent || x_exchange->demands.empty());
    if (!fits) begin(sent ? sent->line : std::get<Demand>(x_lines[x_at]).line, connection, sent ? sent->text : std::get<Demand>(x_lines[x_at]).text);
    x_protocol = protocol;
    if (sent) {
      x_exchange->sends.push_back(std::move(*sent));
    } else {
      auto demand = std::move(std::get<Demand>(x_lines[x_at]));
      if (protocol == Protocol::pop3) {
        if (auto s = take_response(demand); !s) return s;
      }
      x_exchange->demands.push_back(std::move(demand));
    }
    ++x_at;
    return ok();
  }

  void begin(int line, int connection, const std::string& text) {
    x_steps.push_back({line, connection, text, Exchange{}});
    x_exchange = &std::get<Exchange>(x_steps.back().does);
  }

  // POP3: `first` stands at x_at; its lines follow. Afterwards x_at is at the last of them.
  Status take_response(Demand& first) {
    if (first.kind == Demand::Kind::never) return wrong(first.line, "S!: stands between the first line of a multi-line response and its '.'");
    if (!is_first_line(first.pattern)) return wrong(first.line, "the first line of a response is written +OK, -ERR, + or {r=+OK|-ERR}");
    std::vector<Demand> lines;
    for (auto at = x_at + 1; at < x_lines.size(); ++at) {
      auto* line = std::get_if<Demand>(&x_lines[at]);
      if (!line || line->connection != first.connection || (line->kind == Demand::Kind::due && is_first_line(line->pattern))) break;
      if (is_end(*line)) {
        first.lines = std::move(lines);
        x_at = at;
        return ok();
      }
      lines.push_back(*line);
    }
    return lines.empty() ? ok() : Status(wrong(lines[0].line, "the lines of a multi-line response end with 'S: .'"));
  }

  std::vector<ParsedLine> x_lines;
  const std::function<Protocol(int)>& x_protocol_of;
  const std::string& x_path;
  std::vector<Step> x_steps;
  Exchange* x_exchange = nullptr;  // the last step, while lines may still be added to it
  Protocol x_protocol = Protocol::pop3;
  std::size_t x_at = 0;
};

}  // namespace

Result<std::vector<Step>> exchanges_of(std::vector<ParsedLine> lines, const std::function<Protocol(int connection)>& protocol_of, const std::string& path) {
  return Assembler(std::move(lines), protocol_of, path).run();
}

}  // namespace mailspec::scenario
