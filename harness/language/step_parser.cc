#include "harness/language/step_parser.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/language/facts.h"

namespace mailspec::scenario {

namespace {

template <class T>
struct Named {
  std::string_view name;
  T value;
};

template <class T, std::size_t N>
std::vector<std::string> names_of(const Named<T> (&table)[N]) {
  std::vector<std::string> out;
  for (const auto& row : table) out.emplace_back(row.name);
  return out;
}

template <class T, std::size_t N>
std::optional<T> find(const Named<T> (&table)[N], std::string_view name) {
  const auto row = std::ranges::find(table, name, &Named<T>::name);
  return row == std::end(table) ? std::nullopt : std::optional(row->value);
}

constexpr Named<Subject> kSubjects[] = {
    {"uids", Subject::uids},     {"exists", Subject::exists},     {"flags", Subject::flags},           {"state", Subject::state},
    {"listed", Subject::listed}, {"unlisted", Subject::unlisted}, {"subscribed", Subject::subscribed}, {"unsubscribed", Subject::unsubscribed},
    {"status", Subject::status}, {"agrees", Subject::agrees},     {"present", Subject::present},
};
constexpr Named<CheckTls::What> kTlsSubjects[] = {
    {"name", CheckTls::What::name},           {"dates", CheckTls::What::dates},     {"chain", CheckTls::What::chain}, {"strength", CheckTls::What::strength},
    {"signature", CheckTls::What::signature}, {"unasked", CheckTls::What::unasked}, {"alpn", CheckTls::What::alpn},
};
constexpr Named<Comparison::Operator> kOperators[] = {
    {"=", Comparison::Operator::equal},          {"!=", Comparison::Operator::not_equal}, {"<", Comparison::Operator::less},
    {"<=", Comparison::Operator::less_or_equal}, {">", Comparison::Operator::greater},    {">=", Comparison::Operator::greater_or_equal},
};
constexpr Named<TlsHello::Demand> kHelloDemands[] = {
    {"tls", TlsHello::Demand::tls},
    {"refused", TlsHello::Demand::refused},
    {"strong", TlsHello::Demand::strong},
    {"forward-secret", TlsHello::Demand::forward_secret},
    {"uncompressed", TlsHello::Demand::uncompressed},
    {"renegotiation-info", TlsHello::Demand::renegotiation_info},
    {"extended-master-secret", TlsHello::Demand::extended_master_secret},
    {"encrypt-then-mac", TlsHello::Demand::encrypt_then_mac},
    {"group-2048", TlsHello::Demand::group_2048},
};
constexpr Named<net::TlsVersion> kTlsVersions[] = {
    {"1.0", net::TlsVersion::tls1_0}, {"1.1", net::TlsVersion::tls1_1}, {"1.2", net::TlsVersion::tls1_2}, {"1.3", net::TlsVersion::tls1_3}};
constexpr Named<WrongTls::What> kWrongTls[] = {
    {"record", WrongTls::What::record}, {"message", WrongTls::What::message}, {"alert", WrongTls::What::alert}, {"text", WrongTls::What::text}};
constexpr Named<Drop::How> kEnds[] = {{"fin", Drop::How::fin}, {"rst", Drop::How::rst}, {"cut", Drop::How::cut}};

constexpr int kMaxConnections = 9;

}  // namespace

// "C2~: rest": the kind, the connection and where the rest begins.
struct Mark {
  char who;
  int connection;
  char flavour;  // 0, '~', '!', '?' or '>'
  std::size_t rest;
};

namespace {

std::optional<Mark> parse_mark(std::string_view text) {
  if (text.empty() || (text[0] != 'C' && text[0] != 'S')) return std::nullopt;
  Mark mark{text[0], 1, 0, 1};
  if (mark.rest < text.size() && is_digit(text[mark.rest])) mark.connection = text[mark.rest++] - '0';
  if (mark.rest < text.size() && std::string_view("~!?>").find(text[mark.rest]) != std::string_view::npos) mark.flavour = text[mark.rest++];
  if (mark.rest >= text.size() || text[mark.rest] != ':') return std::nullopt;
  ++mark.rest;
  while (mark.rest < text.size() && text[mark.rest] == ' ') ++mark.rest;
  return mark;
}

}  // namespace

struct StepParser::Words {
  Step step;
  std::string word;               // "check"
  std::vector<std::string> args;  // behind it; the connection is taken away
  bool is_one_of(std::initializer_list<std::string_view> allowed) const {
    return std::ranges::all_of(args, [&](const auto& w) { return std::ranges::find(allowed, w) != allowed.end(); });
  }
};

Error StepParser::error(int column, const std::string& what) const {
  return {Error::Kind::config, x_case.path + ":" + std::to_string(x_line) + ":" + std::to_string(column) + ": " + what};
}

Result<Line> StepParser::line_of(std::string_view text, int column, LineForm form) const {
  auto line = parse_line(text, column, form);
  if (!line) return error(static_cast<int>(line.error().offset), line.error().what);
  return line;
}

Result<ParsedLine> StepParser::parse(const std::string& text, int line) {
  x_line = line;
  if (text.starts_with('@')) {
    AtStake stake;
    for (auto& word : words(text)) stake.ids.push_back(word.starts_with('@') ? word.substr(1) : word);
    if (stake.ids.size() == 1 && stake.ids[0] == "-") stake.ids.clear();
    return ParsedLine(Step{line, 1, text, std::move(stake)});
  }
  if (const auto mark = parse_mark(text)) {
    if (mark->connection < 1 || mark->connection > kMaxConnections) return error(2, "connections are numbered 1 to 9");
    if (x_case.both() && mark->connection > x_case.connections) return error(2, "connections: names " + std::to_string(x_case.connections));
    return mark->who == 'C' ? c_line(*mark, text) : s_line(*mark, text);
  }
  using Parse = Status (StepParser::*)(Words&) const;
  static constexpr Named<Parse> kSteps[] = {
      {"check", &StepParser::check},
      {"eventually", &StepParser::subject},
      {"given", &StepParser::subject},
      {"refused", &StepParser::refused},
      {"taken", &StepParser::taken},
      {"permanent", &StepParser::permanent},
      {"observe", &StepParser::observe},
      {"connect", &StepParser::of_connection},
      {"login", &StepParser::of_connection},
      {"silence", &StepParser::of_connection},
      {"forget", &StepParser::of_connection},
      {"survives", &StepParser::of_connection},
      {"turn", &StepParser::turn},
      {"drop", &StepParser::drop},
      {"tls", &StepParser::tls},
      {"hello", &StepParser::hello},
      {"wait", &StepParser::duration},
      {"within", &StepParser::duration},
      {"deliver", &StepParser::deliver},
  };
  Words w{{line, 1, text, {}}, {}, words(text)};
  if (w.args.empty()) return error(1, "the row of the table leaves this step empty");
  w.word = w.args[0];
  w.args.erase(w.args.begin());
  const auto parse = find(kSteps, w.word);
  if (!parse) return error(1, unknown("step", w.word, names_of(kSteps)));
  if (auto s = (this->**parse)(w); !s) return s.error();
  return ParsedLine(std::move(w.step));
}

Result<ParsedLine> StepParser::c_line(const Mark& mark, const std::string& text) {
  const bool imap = imap_on(mark.connection);
  if (mark.flavour == '!' || mark.flavour == '>')
    return error(1, imap ? "unknown mark; known are C: C~: C?: S: S?: S!: S>:" : "unknown mark; known for POP3 are C: C~: C?: S: S!:");
  const bool raw = mark.flavour == '~';
  auto line = line_of(std::string_view(text).substr(mark.rest), static_cast<int>(mark.rest) + 1,
                      raw    ? LineForm::raw
                      : imap ? LineForm::imap_template
                             : LineForm::pop3_template);
  if (!line) return line.error();
  Sent sent;
  sent.line = x_line;
  sent.connection = mark.connection;
  sent.text = text;
  sent.pieces = std::move(*line);
  sent.raw = raw;
  find_facts(sent, imap ? Protocol::imap : Protocol::pop3);
  if (mark.flavour != '?') return ParsedLine(std::move(sent));
  return ParsedLine(Step{x_line, mark.connection, text, Attempt{std::move(sent)}});
}

Result<ParsedLine> StepParser::s_line(const Mark& mark, const std::string& text) {
  const bool imap = imap_on(mark.connection);
  if (mark.flavour == '~' || (!imap && mark.flavour != 0 && mark.flavour != '!'))
    return error(1, imap ? "unknown mark; known are C: C~: C?: S: S?: S!: S>:" : "unknown mark; known for POP3 are C: C~: C?: S: S!:");
  const int column = static_cast<int>(mark.rest) + 1;
  auto line = line_of(std::string_view(text).substr(mark.rest), column, imap ? LineForm::imap_pattern : LineForm::pop3_pattern);
  if (!line) return line.error();
  if (line->empty()) return error(column, "an S line wants a pattern");
  Demand demand;
  demand.kind = mark.flavour == '!'   ? Demand::Kind::never
                : mark.flavour == '?' ? Demand::Kind::maybe
                : mark.flavour == '>' ? Demand::Kind::after
                                      : Demand::Kind::due;
  demand.line = x_line;
  demand.connection = mark.connection;
  demand.text = text;
  demand.pattern = std::move(*line);
  if (imap) {
    auto nodes = compile_pattern(demand.pattern);
    if (!nodes) return error(column, nodes.error().what);
    demand.nodes = std::move(*nodes);
  }
  find_facts(demand, imap ? Protocol::imap : Protocol::pop3);
  return ParsedLine(std::move(demand));
}

// A number that stands first names a connection.
Status StepParser::take_connection(Words& w) const {
  const auto n = w.args.empty() ? std::nullopt : parse_number(w.args[0]);
  if (!n) return ok();
  if (*n < 1 || *n > kMaxConnections) return error(1, "connections are numbered 1 to 9");
  if (x_case.both() && static_cast<int>(*n) > x_case.connections) return error(1, "connections: names " + std::to_string(x_case.connections));
  w.step.connection = static_cast<int>(*n);
  w.args.erase(w.args.begin());
  return ok();
}

// check N uids {u1} {u2}, eventually N exists 3, given N flags {u1} \Seen
Status StepParser::subject(Words& w) const {
  if (auto s = take_connection(w); !s) return s;
  const auto what = imap_on(w.step.connection) && !w.args.empty() ? find(kSubjects, w.args[0]) : std::nullopt;
  if (!what) return error(1, "write '" + w.word + " N " + join(names_of(kSubjects), "|") + " ...'");
  auto line = line_of(join(std::span(w.args).subspan(1), " "), 7, LineForm::pop3_template);
  if (!line) return line.error();
  Asked asked{*what, std::move(*line)};
  if (w.word == "check") w.step.does = CheckSubject{std::move(asked)};
  else if (w.word == "given") w.step.does = Given{std::move(asked)};
  else w.step.does = Eventually{std::move(asked)};
  return ok();
}

Status StepParser::check(Words& w) const {
  const std::size_t first = !w.args.empty() && parse_number(w.args[0]) ? 1 : 0;
  if (x_imap && w.args.size() > first && find(kSubjects, w.args[first])) return subject(w);
  const auto& args = w.args;
  if (args.size() >= 2 && args[1] == "closed" && (args.size() == 2 || (args.size() == 3 && args[2] == "notified"))) {
    w.step.does = CheckClosed{args.size() == 3};
    return take_connection(w);
  }
  if (!x_imap && args.size() == 2 && args[1] == "soon") {
    w.step.does = CheckSoon{};
    return take_connection(w);
  }
  if (args.size() >= 3 && args[1] == "tls") {
    const auto what = args.size() == 3 ? find(kTlsSubjects, args[2]) : std::nullopt;
    if (!what) return error(13, unknown("subject of TLS", args.back(), names_of(kTlsSubjects)));
    w.step.does = CheckTls{*what};
    return take_connection(w);
  }
  Compare compare;
  for (;;) {
    auto one = comparison(w);
    if (!one) return one.error();
    compare.any_of.push_back(std::move(*one));
    const bool quoted = w.args.size() >= 3 && w.args[2].starts_with('"');
    if (quoted || w.args.size() <= 4 || w.args[3] != "or") break;
    w.args.erase(w.args.begin(), w.args.begin() + 4);
  }
  const std::string_view text = w.step.text;
  compare.text = trim(text.substr(text.find(w.word) + w.word.size()));
  w.step.does = std::move(compare);
  return ok();
}

// {a} = {b}, and perhaps more behind `or`; or {a} = "text with blanks and escapes"
Result<Comparison> StepParser::comparison(const Words& w) const {
  const auto& args = w.args;
  const bool quoted = args.size() >= 3 && args[2].starts_with('"');
  if (!quoted && args.size() != 3 && !(args.size() > 4 && args[3] == "or"))
    return error(7, "write 'check N closed', 'check N tls name|dates|chain|strength|signature|unasked|alpn', or 'check {a} = {b}'");
  const auto is = find(kOperators, args[1]);
  if (!is) return error(7, unknown("comparison", args[1], names_of(kOperators)));
  const auto& text = w.step.text;
  const auto quote = text.find('"');
  auto left = line_of(args[0], 7, LineForm::pop3_template);
  if (!left) return left.error();
  auto right =
      quoted ? line_of(std::string_view(text).substr(quote), static_cast<int>(quote) + 1, LineForm::quoted) : line_of(args[2], 7, LineForm::pop3_template);
  if (!right) return right.error();
  return Comparison{*is, std::move(*left), std::move(*right)};
}

Status StepParser::observe(Words& w) const {
  auto& args = w.args;
  if (args.size() >= 3 && (args[1] == "answer" || args[1] == "told")) {
    const bool told = args[1] == "told";
    const auto name = args[0];
    args.erase(args.begin(), args.begin() + 2);
    if (auto s = take_connection(w); !s) return s;
    if (args.size() != 1 || !imap_on(w.step.connection))
      return error(9, "write 'observe NAME answer [N] TAG' or 'observe NAME told [N] KEYWORD', of an IMAP connection");
    if (told) w.step.does = ObserveTold{name, args[0]};
    else w.step.does = ObserveAnswer{name, args[0]};
    return ok();
  }
  if (args.size() == 3 && args[1] == "logins") {
    const auto rounds = parse_number(args[2]);
    if (!rounds || *rounds < 8 || *rounds > 100) return error(9, "write 'observe NAME logins ROUNDS' with 8 to 100 rounds");
    w.step.does = ObserveLogins{args[0], *rounds};
    return ok();
  }
  if (args.size() != 2)
    return error(9, "write 'observe NAME {value}', 'observe NAME logins ROUNDS', 'observe NAME answer [N] TAG' or 'observe NAME told [N] KEYWORD'");
  auto value = line_of(args[1], 9, LineForm::pop3_template);
  if (!value) return value.error();
  w.step.does = Observe{args[0], std::move(*value)};
  return ok();
}

// wait 30s, within N 9m
Status StepParser::duration(Words& w) const {
  const bool within = w.word == "within";
  if (within) {
    if (auto s = take_connection(w); !s) return s;
    if (!imap_on(w.step.connection)) return error(1, "'within' is for connections that speak IMAP");
  }
  const auto written = w.args.empty() ? std::string() : w.args[0];
  const auto n = written.empty() ? std::nullopt : parse_number(std::string_view(written).substr(0, written.size() - 1));
  const double unit = written.ends_with('h') ? 3600 : written.ends_with('m') ? 60 : written.ends_with('s') ? 1 : 0;
  if (!n || unit == 0) return error(static_cast<int>(w.word.size()) + 2, "write '" + w.word + (within ? " N" : "") + " 30s', '9m' or '1h'");
  const double seconds = static_cast<double>(*n) * unit;
  if (within) w.step.does = Within{seconds};
  else w.step.does = Wait{seconds};
  return ok();
}

Status StepParser::deliver(Words& w) const {
  if (x_imap && !x_case.both()) return error(1, "'deliver' is for connections that speak POP3: write an APPEND");
  if (w.args.size() != 1 || !w.args[0].ends_with(".eml")) return error(9, "write 'deliver a.eml'");
  w.step.does = Deliver{w.args[0]};
  return ok();
}

Status StepParser::refused(Words& w) const {
  if (auto s = take_connection(w); !s) return s;
  const auto& args = w.args;
  if (imap_on(w.step.connection)) {
    const bool may_close = args.size() == 3 && args[1] == "may" && args[2] == "close";
    if (args.size() != 1 && !may_close) return error(9, "write 'refused [N] TAG [may close]'");
    w.step.does = Refused{args[0], may_close};
    return ok();
  }
  if (!w.is_one_of({"may", "close"})) return error(9, "write 'refused [N] [may close]'");
  w.step.does = Refused{{}, !args.empty()};
  return ok();
}

Status StepParser::taken(Words& w) const {
  if (auto s = take_connection(w); !s) return s;
  if (!imap_on(w.step.connection) || w.args.size() != 1) return error(1, "write 'taken [N] TAG', in IMAP scenarios");
  auto pattern = line_of(w.args[0] + " {_}", 7, LineForm::imap_pattern);
  if (!pattern) return pattern.error();
  Demand any;
  any.line = x_line;
  any.connection = w.step.connection;
  any.text = w.step.text;
  any.pattern = std::move(*pattern);
  auto nodes = compile_pattern(any.pattern);
  if (!nodes) return error(7, nodes.error().what);
  any.nodes = std::move(*nodes);
  find_facts(any, Protocol::imap);
  w.step.does = Taken{w.args[0], std::move(any)};
  return ok();
}

Status StepParser::permanent(Words& w) const {
  if (auto s = take_connection(w); !s) return s;
  if (!imap_on(w.step.connection) || w.args.size() != 1) return error(1, "write 'permanent [N] FLAG', in IMAP scenarios");
  w.step.does = Permanent{w.args[0]};
  return ok();
}

// A step that names a connection, and no more.
Status StepParser::of_connection(Words& w) const {
  if (auto s = take_connection(w); !s) return s;
  if (!w.args.empty()) return error(1, "write '" + w.word + " N'");
  if (w.word == "connect") w.step.does = Connect{};
  else if (w.word == "login") w.step.does = Login{};
  else if (w.word == "silence") w.step.does = Silence{};
  else if (w.word == "forget") w.step.does = Forget{};
  else w.step.does = Survives{};
  return ok();
}

Status StepParser::turn(Words& w) const {
  if (auto s = take_connection(w); !s) return s;
  if (!imap_on(w.step.connection) || !w.args.empty()) return error(1, "write 'turn N', in IMAP scenarios");
  w.step.does = Turn{};
  return ok();
}

Status StepParser::drop(Words& w) const {
  if (auto s = take_connection(w); !s) return s;
  const auto how = w.args.empty() ? Drop::How::fin : w.args.size() == 1 ? find(kEnds, w.args[0]) : std::nullopt;
  if (!how) return error(6, "write 'drop N fin', 'drop N rst', or 'drop N cut': without close_notify");
  w.step.does = Drop{*how};
  return ok();
}

Status StepParser::tls(Words& w) const {
  if (auto s = take_connection(w); !s) return s;
  if (!w.args.empty() && w.args[0] == "wrong") {
    const auto what = w.args.size() == 2 ? find(kWrongTls, w.args[1]) : std::nullopt;
    if (!what) return error(5, "write 'tls N wrong record|message|alert|text'");
    w.step.does = WrongTls{*what};
    return ok();
  }
  const auto wrong = [&] { return error(5, "write 'tls N [min V] [max V] [alpn imap|pop3|http/1.1] [fails | may fail]' with V from 1.0 to 1.3"); };
  StartTls start;
  for (std::size_t i = 0; i < w.args.size(); ++i) {
    const auto& word = w.args[i];
    if (word == "fails") {
      start.outcome = StartTls::Outcome::fails;
      continue;
    }
    if (++i >= w.args.size()) return wrong();
    const auto& value = w.args[i];
    const auto version = find(kTlsVersions, value);
    if (word == "may" && value == "fail") start.outcome = StartTls::Outcome::may_fail;
    else if (word == "min" && version) start.wish.min = *version;
    else if (word == "max" && version) start.wish.max = *version;
    else if (word == "alpn" && (value == "imap" || value == "pop3" || value == "http/1.1")) start.wish.alpn = value;
    else return wrong();
  }
  start.wish.min = std::min(start.wish.min, start.wish.max);
  w.step.does = std::move(start);
  return ok();
}

Status StepParser::hello(Words& w) const {
  if (auto s = take_connection(w); !s) return s;
  const auto version = w.args.size() == 3 ? tls::hello_version(w.args[0]) : std::nullopt;
  if (!version) return error(7, "write 'hello N VERSION SUITES DEMAND' with VERSION ssl2, ssl3, 1.0, 1.1 or 1.2");
  TlsHello hello{*version, split(w.args[1], ','), {}};
  for (const auto& family : hello.families) {
    if (family != "small-curves" && tls::suites_of(family).empty()) return error(7, unknown("family of cipher suites", family, tls::suite_families()));
  }
  const auto demand = find(kHelloDemands, w.args[2]);
  if (!demand) return error(7, unknown("demand", w.args[2], names_of(kHelloDemands)));
  hello.demand = *demand;
  w.step.does = std::move(hello);
  return ok();
}

}  // namespace mailspec::scenario
