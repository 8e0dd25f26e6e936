#include "harness/result/trace_json.h"

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "harness/result/gives.h"

namespace mailspec::result {

namespace json = boost::json;
using oracle::Event;
using oracle::Trace;

namespace {

// Any octets as valid UTF-8: each octet becomes the code point of its value.
json::string latin1(const std::string& octets) {
  json::string out;
  for (char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x80) {
      out.push_back(c);
    } else {
      out.push_back(static_cast<char>(0xC0 | octet >> 6));
      out.push_back(static_cast<char>(0x80 | (octet & 0x3F)));
    }
  }
  return out;
}

std::string octets_of(const json::value& value) {
  if (!value.is_string()) return {};
  const auto& text = value.as_string();
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto a = static_cast<unsigned char>(text[i]);
    if (a < 0x80 || i + 1 >= text.size()) {
      out += text[i];
    } else {
      out += static_cast<char>((a & 0x03) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3F));
    }
  }
  return out;
}

json::array strings(const std::vector<std::string>& list) {
  json::array out;
  for (const auto& s : list) out.emplace_back(latin1(s));
  return out;
}

std::vector<std::string> strings_of(const json::object& o, const char* key) {
  std::vector<std::string> out;
  if (const auto* list = o.if_contains(key); list && list->is_array()) {
    for (const auto& item : list->as_array()) out.push_back(octets_of(item));
  }
  return out;
}

std::string string_of(const json::object& o, const char* key) {
  const auto* value = o.if_contains(key);
  return value ? octets_of(*value) : std::string();
}

template <class T>
T number_of(const json::object& o, const char* key) {
  const auto* value = o.if_contains(key);
  if (!value || !value->is_number()) return {};
  boost::system::error_code error;
  return value->to_number<T>(error);
}

bool flag_of(const json::object& o, const char* key) {
  const auto* value = o.if_contains(key);
  return value && value->is_bool() && value->as_bool();
}

json::object reply_to_json(const pop3::Response& r) {
  json::object o;
  o["shape"] = static_cast<int>(r.shape);
  o["status"] = static_cast<int>(r.status);
  o["line"] = latin1(r.line);
  o["text"] = latin1(r.text);
  if (r.code) o["code"] = latin1(*r.code);
  o["space"] = r.space;
  json::array faults;
  for (const auto& f : r.faults)
    faults.push_back(json::object{{"requirement", f.requirement}, {"what", latin1(f.what)}, {"offset", f.offset}, {"in_content", f.in_content}});
  o["faults"] = std::move(faults);
  if (r.multi_line) {
    const auto& c = r.content;
    o["content"] = json::object{{"octets", c.octets},
                                {"lines", c.lines},
                                {"header_octets", c.header_octets},
                                {"has_empty_line", c.has_empty_line},
                                {"body_lines", c.body_lines},
                                {"sha256", c.sha256},
                                {"body_sha256", c.body_sha256},
                                {"head", latin1(c.head)},
                                {"tail", latin1(c.tail)},
                                {"whole", c.whole},
                                {"bare_lf", c.bare_lf}};
  }
  return o;
}

pop3::Response reply_from_json(const json::object& o) {
  pop3::Response r;
  r.shape = static_cast<pop3::Shape>(number_of<int>(o, "shape"));
  r.status = static_cast<pop3::Status>(number_of<int>(o, "status"));
  r.line = string_of(o, "line");
  r.text = string_of(o, "text");
  if (o.contains("code")) r.code = string_of(o, "code");
  r.space = flag_of(o, "space");
  if (const auto* faults = o.if_contains("faults"); faults && faults->is_array()) {
    for (const auto& f : faults->as_array()) {
      if (!f.is_object()) continue;
      const auto& fo = f.as_object();
      r.faults.push_back({string_of(fo, "requirement"), string_of(fo, "what"), number_of<std::size_t>(fo, "offset"), flag_of(fo, "in_content")});
    }
  }
  if (const auto* content = o.if_contains("content"); content && content->is_object()) {
    const auto& co = content->as_object();
    r.multi_line = true;
    auto& c = r.content;
    c.octets = number_of<std::uint64_t>(co, "octets");
    c.lines = number_of<std::uint64_t>(co, "lines");
    c.header_octets = number_of<std::uint64_t>(co, "header_octets");
    c.has_empty_line = flag_of(co, "has_empty_line");
    c.body_lines = number_of<std::uint64_t>(co, "body_lines");
    c.sha256 = string_of(co, "sha256");
    c.body_sha256 = string_of(co, "body_sha256");
    c.head = string_of(co, "head");
    c.tail = string_of(co, "tail");
    c.whole = flag_of(co, "whole");
    c.bare_lf = number_of<std::uint64_t>(co, "bare_lf");
  }
  return r;
}

// Of a literal above 64 KiB both ends are kept.
json::object frame_to_json(const imap::Frame& frame) {
  constexpr std::size_t kKeep = 64 * 1024;
  imap::Frame small = frame;
  for (std::size_t i = small.literals.size(); i-- > 0;) {
    auto& l = small.literals[i];
    if (l.kept <= kKeep) continue;
    const auto gone = l.kept - kKeep;
    small.octets.erase(l.at + kKeep, gone);
    l.kept = kKeep;
    for (std::size_t k = i + 1; k < small.literals.size(); ++k) small.literals[k].at -= gone;
  }
  json::array literals;
  for (const auto& l : small.literals) {
    json::object o{{"at", l.at}, {"kept", l.kept}, {"size", l.size}};
    if (!l.sha256.empty()) o["sha256"] = l.sha256;
    if (l.kept < l.size && l.sha256.empty()) o["sha256"] = "cut";
    if (l.binary) o["binary"] = true;
    if (l.has_nul) o["has_nul"] = true;
    literals.push_back(std::move(o));
  }
  json::object out{{"octets", latin1(small.octets)}};
  if (!literals.empty()) out["literals"] = std::move(literals);
  if (!frame.breach.empty()) {
    out["breach"] = frame.breach;
    out["breach_at"] = frame.breach_at;
  }
  return out;
}

imap::Frame frame_from_json(const json::object& o) {
  imap::Frame f;
  f.octets = string_of(o, "octets");
  f.breach = string_of(o, "breach");
  f.breach_at = number_of<std::size_t>(o, "breach_at");
  if (const auto* list = o.if_contains("literals"); list && list->is_array()) {
    for (const auto& item : list->as_array()) {
      if (!item.is_object()) continue;
      const auto& l = item.as_object();
      imap::Literal literal;
      literal.at = number_of<std::size_t>(l, "at");
      literal.kept = number_of<std::size_t>(l, "kept");
      literal.size = number_of<std::uint64_t>(l, "size");
      literal.sha256 = string_of(l, "sha256");
      literal.binary = flag_of(l, "binary");
      literal.has_nul = flag_of(l, "has_nul");
      if (literal.at + literal.kept <= f.octets.size()) f.literals.push_back(std::move(literal));
    }
  }
  return f;
}

Result<json::value> read_json(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{Error::Kind::usage, "cannot read '" + path + "'"};
  std::ostringstream text;
  text << in.rdbuf();
  boost::system::error_code error;
  auto value = json::parse(text.str(), error);
  if (error) return Error{Error::Kind::config, path + ": not JSON: " + error.message()};
  if (!value.is_object()) return Error{Error::Kind::config, path + ": not a JSON object"};
  return value;
}

json::object event_to_json(const Event& e) {
  json::object o{{"kind", oracle::name_of(e.kind)}, {"connection", e.connection}, {"at_us", e.at_us}};
  if (e.line) o["line"] = e.line;
  if (!e.user.empty()) o["user"] = latin1(e.user);
  if (!e.octets.empty()) o["octets"] = latin1(e.octets);
  if (e.reset) o["reset"] = true;
  if (e.echoed) o["echoed"] = true;
  if (e.attacked) o["attacked"] = true;
  if (e.imap) {
    o["imap"] = true;
    if (e.kind == Event::Kind::sent)
      o["asked"] = json::object{
          {"tag", latin1(e.imap_command.tag)}, {"name", latin1(e.imap_command.name)}, {"args", latin1(e.imap_command.args)}, {"done", e.imap_command.done}};
    if (!e.imap_response.frame.octets.empty()) o["said"] = frame_to_json(e.imap_response.frame);
    return o;
  }
  if (e.kind == Event::Kind::sent || e.kind == Event::Kind::received || !e.pop3_command.line.empty()) {
    o["command"] = latin1(e.pop3_command.line);
    if (e.pop3_command.sasl_response) o["sasl_response"] = true;
    if (e.pop3_command.overlong) o["overlong"] = true;
  }
  if (e.kind == Event::Kind::received || !e.pop3_response.line.empty()) o["reply"] = reply_to_json(e.pop3_response);
  return o;
}

}  // namespace

static json::array findings_to_json(const std::vector<oracle::Finding>& findings) {
  json::array out;
  for (const auto& f : findings)
    out.push_back(
        json::object{{"requirement", f.requirement}, {"what", latin1(f.what)}, {"event", f.event}, {"offset", f.offset}, {"in_content", f.in_content}});
  return out;
}

// An event at a time: what a hostile server has said is not held once more as a tree, and again as text.
Status write_trace(const std::string& path, const oracle::Trace& trace, const std::vector<oracle::Finding>& findings, const std::string& judged_by) {
  const json::object head{{"mailspec_trace", 1},
                          {"scenario", trace.scenario},
                          {"row", latin1(trace.row)},
                          {"segmentation", trace.segmentation},
                          {"seed", trace.seed},
                          {"revision", trace.revision},
                          {"both", trace.both},
                          {"others", trace.others},
                          {"hostile", trace.hostile},
                          {"utf8_messages", trace.utf8_messages},
                          {"offered", strings(trace.offered)},
                          {"judged_by", judged_by},
                          {"findings", findings_to_json(findings)}};
  auto begun = json::serialize(head);
  begun.pop_back();
  std::ofstream out(path, std::ios::binary);
  out << begun << ",\"events\":[";
  for (std::size_t i = 0; i < trace.events.size(); ++i) out << (i ? "," : "") << json::serialize(event_to_json(trace.events[i]));
  out << "]}\n";
  out.close();
  if (!out) return Error{Error::Kind::usage, "cannot write '" + path + "'"};
  return ok();
}

Result<StoredTrace> read_trace(const std::string& path) {
  auto value = read_json(path);
  if (!value) return value.error();
  const auto& o = value->as_object();
  if (!o.contains("mailspec_trace")) return Error{Error::Kind::config, path + ": not a mailspec trace"};
  StoredTrace stored;
  auto& trace = stored.trace;
  trace.scenario = string_of(o, "scenario");
  trace.row = string_of(o, "row");
  trace.segmentation = string_of(o, "segmentation");
  trace.seed = number_of<std::uint64_t>(o, "seed");
  trace.revision = number_of<int>(o, "revision");
  trace.both = flag_of(o, "both");
  trace.others = flag_of(o, "others");
  trace.hostile = flag_of(o, "hostile");
  trace.utf8_messages = flag_of(o, "utf8_messages");
  trace.offered = strings_of(o, "offered");
  const auto* events = o.if_contains("events");
  if (!events || !events->is_array()) return Error{Error::Kind::config, path + ": the trace has no events"};
  for (const auto& item : events->as_array()) {
    if (!item.is_object()) return Error{Error::Kind::config, path + ": an event is no object"};
    const auto& eo = item.as_object();
    Event e;
    const auto kind = string_of(eo, "kind");
    for (int k = 0; k <= static_cast<int>(Event::Kind::prepared); ++k) {
      if (kind == oracle::name_of(static_cast<Event::Kind>(k))) e.kind = static_cast<Event::Kind>(k);
    }
    e.connection = number_of<int>(eo, "connection");
    e.at_us = number_of<std::int64_t>(eo, "at_us");
    e.line = number_of<int>(eo, "line");
    e.user = string_of(eo, "user");
    e.octets = string_of(eo, "octets");
    e.reset = flag_of(eo, "reset");
    e.echoed = flag_of(eo, "echoed");
    e.attacked = flag_of(eo, "attacked");
    e.imap = flag_of(eo, "imap");
    if (const auto* asked = eo.if_contains("asked"); asked && asked->is_object()) {
      const auto& a = asked->as_object();
      e.imap_command = {string_of(a, "tag"), string_of(a, "name"), string_of(a, "args"), flag_of(a, "done")};
    }
    if (const auto* said = eo.if_contains("said"); said && said->is_object()) e.imap_response = imap::parse_response(frame_from_json(said->as_object()));
    if (eo.contains("command")) e.pop3_command = pop3::parse_command(string_of(eo, "command"));
    if (flag_of(eo, "sasl_response")) {
      e.pop3_command = {};
      e.pop3_command.line = string_of(eo, "command");
      e.pop3_command.sasl_response = true;
    }
    e.pop3_command.overlong = flag_of(eo, "overlong");
    if (const auto* reply = eo.if_contains("reply"); reply && reply->is_object()) e.pop3_response = reply_from_json(reply->as_object());
    trace.events.push_back(std::move(e));
  }
  stored.judged_by = string_of(o, "judged_by");
  if (const auto* list = o.if_contains("findings"); list && list->is_array()) {
    for (const auto& item : list->as_array()) {
      if (!item.is_object()) continue;
      const auto& fo = item.as_object();
      stored.findings.push_back({string_of(fo, "requirement"),
                                 string_of(fo, "what"),
                                 number_of<std::size_t>(fo, "event"),
                                 number_of<std::size_t>(fo, "offset"),
                                 flag_of(fo, "in_content"),
                                 {}});
    }
  }
  return stored;
}

namespace {

oracle::Level level_named(std::string_view name) { return name == "may" ? oracle::Level::may : name == "should" ? oracle::Level::should : oracle::Level::must; }

}  // namespace

namespace {

json::object basis_to_json(const Basis& b) {
  const auto list = [](const std::set<std::string>& all) { return strings({all.begin(), all.end()}); };
  return {{"alone", name_of(b.alone)},    {"reason", latin1(b.reason)},   {"form", latin1(b.footing.form)},      {"symptom", b.footing.symptom},
          {"acts", list(b.footing.acts)}, {"uses", list(b.footing.uses)}, {"rules_here", strings(b.rules_here)}, {"rules_in_case", list(b.rules_in_case)}};
}

Basis basis_from_json(const json::object& o) {
  const auto set = [&](const char* key) {
    const auto list = strings_of(o, key);
    return std::set<std::string>(list.begin(), list.end());
  };
  Basis out;
  out.alone = verdict_of(string_of(o, "alone")).value_or(Verdict::fail);
  out.reason = string_of(o, "reason");
  out.footing.uses = set("uses");
  out.footing = {string_of(o, "form"), string_of(o, "symptom"), set("acts")};
  out.rules_here = strings_of(o, "rules_here");
  out.rules_in_case = set("rules_in_case");
  return out;
}

}  // namespace

std::string run_to_json(const Run& run) {
  json::object summary;
  for (const auto v : {Verdict::pass, Verdict::fail, Verdict::warn, Verdict::skip, Verdict::inconclusive}) summary[name_of(v)] = run.count(v);
  summary["known"] = run.count_known();
  json::array checks;
  json::object requirements;
  for (const auto& c : run.checks) {
    json::object o{{"id", latin1(c.id)}, {"requirement", c.requirement}, {"verdict", name_of(c.verdict)}};
    if (!c.scenario.empty()) o["scenario"] = c.scenario;
    if (!c.row.empty()) o["row"] = latin1(c.row);
    if (c.line) o["line"] = c.line;
    if (c.seconds > 0) o["seconds"] = c.seconds;
    if (!c.kind.empty()) o["kind"] = c.kind;
    if (!c.reason.empty()) o["reason"] = latin1(c.reason);
    if (c.follows) o["follows"] = true;
    if (!c.wire.empty()) o["wire"] = strings(c.wire);
    if (!c.nearest.empty()) o["nearest"] = latin1(c.nearest);
    if (!c.broken_in.empty()) o["broken_in"] = strings(c.broken_in);
    if (!c.trace.empty()) o["trace"] = c.trace;
    if (!c.known.empty()) o["known"] = latin1(c.known);
    if (!c.needs.empty()) o["needs"] = strings(c.needs);
    if (c.basis) o["basis"] = basis_to_json(*c.basis);
    checks.push_back(std::move(o));
  }
  for (const auto& [id, about] : run.requirements) {
    json::object ro{{"level", oracle::name_of(about.level)}, {"says", about.says}};
    if (about.implied) ro["implied"] = true;
    if (!about.doubt.empty()) ro["doubt"] = about.doubt;
    if (about.severity != oracle::Requirement::Severity::none)
      ro["security"] = json::object{{"severity", oracle::name_of(about.severity)}, {"danger", about.danger}, {"remedy", about.remedy}};
    if (!about.rev1_section.empty()) ro["rev1"] = json::object{{"section", about.rev1_section}, {"level", oracle::name_of(about.rev1_level)}};
    if (!about.ruling.empty()) ro["ruling"] = about.ruling;
    requirements[id] = std::move(ro);
  }
  json::array gifts;
  for (const auto& g : gives(run)) gifts.push_back(json::object{{"what", g.what}, {"pop3", g.pop3}, {"imap", latin1(g.imap)}});
  json::array observations;
  for (const auto& o : run.observations) observations.push_back(json::object{{"name", o.name}, {"value", latin1(o.value)}, {"scenario", latin1(o.scenario)}});
  json::object all{{"mailspec_result", 1},
                   {"suite_version", run.suite_version},
                   {"target", latin1(run.target)},
                   {"server", latin1(run.server)},
                   {"version", latin1(run.version)},
                   {"started", run.started},
                   {"seconds", run.seconds},
                   {"seed", run.seed},
                   {"segmentation", run.segmentation},
                   {"offered", strings(run.offered)},
                   {"summary", std::move(summary)},
                   {"interrupted", run.interrupted},
                   {"misconfigured", run.misconfigured},
                   {"unreachable", run.unreachable},
                   {"broken", run.broken},
                   {"replay", latin1(run.replay)},
                   {"troubles", strings(run.troubles)},
                   {"known_trouble", strings(run.known_trouble)},
                   {"requirements", std::move(requirements)},
                   {"checks", std::move(checks)},
                   {"observations", std::move(observations)},
                   {"gives", std::move(gifts)}};
  return json::serialize(all) + "\n";
}

Result<Run> read_run(const std::string& path) {
  auto value = read_json(path);
  if (!value) return value.error();
  const auto& o = value->as_object();
  if (!o.contains("mailspec_result")) return Error{Error::Kind::config, path + ": not a mailspec result file (--report json=FILE writes one)"};
  if (number_of<int>(o, "mailspec_result") != 1) return Error{Error::Kind::config, path + ": the result of another mailspec: this one reads version 1"};
  if (const auto* checks = o.if_contains("checks"); !checks || !checks->is_array()) return Error{Error::Kind::config, path + ": has no checks"};
  Run run;
  run.suite_version = string_of(o, "suite_version");
  run.target = string_of(o, "target");
  run.server = string_of(o, "server");
  run.version = string_of(o, "version");
  run.started = string_of(o, "started");
  run.seed = number_of<std::uint64_t>(o, "seed");
  run.segmentation = string_of(o, "segmentation");
  run.seconds = number_of<double>(o, "seconds");
  run.offered = strings_of(o, "offered");
  run.troubles = strings_of(o, "troubles");
  run.interrupted = flag_of(o, "interrupted");
  run.known_trouble = strings_of(o, "known_trouble");
  run.misconfigured = flag_of(o, "misconfigured");
  run.unreachable = flag_of(o, "unreachable");
  run.broken = flag_of(o, "broken");
  run.replay = string_of(o, "replay");
  if (const auto* all = o.if_contains("requirements"); all && all->is_object()) {
    for (const auto& [id, item] : all->as_object()) {
      if (!item.is_object()) continue;
      const auto& ro = item.as_object();
      About about{level_named(string_of(ro, "level")),
                  flag_of(ro, "implied"),
                  string_of(ro, "says"),
                  string_of(ro, "doubt"),
                  {},
                  {},
                  {},
                  {},
                  {},
                  string_of(ro, "ruling")};
      if (const auto* security = ro.if_contains("security"); security && security->is_object()) {
        const auto& so = security->as_object();
        about.severity = oracle::parse_severity(string_of(so, "severity")).value_or(oracle::Requirement::Severity::none);
        about.danger = string_of(so, "danger");
        about.remedy = string_of(so, "remedy");
      }
      if (const auto* old = ro.if_contains("rev1"); old && old->is_object()) {
        about.rev1_section = string_of(old->as_object(), "section");
        about.rev1_level = level_named(string_of(old->as_object(), "level"));
      }
      run.requirements.emplace(id, std::move(about));
    }
  }
  if (const auto* list = o.if_contains("checks"); list && list->is_array()) {
    for (const auto& item : list->as_array()) {
      if (!item.is_object()) continue;
      const auto& co = item.as_object();
      Check c;
      c.id = string_of(co, "id");
      c.requirement = string_of(co, "requirement");
      c.scenario = string_of(co, "scenario");
      c.row = string_of(co, "row");
      c.line = number_of<int>(co, "line");
      c.seconds = number_of<double>(co, "seconds");
      c.verdict = verdict_of(string_of(co, "verdict")).value_or(Verdict::inconclusive);
      c.kind = string_of(co, "kind");
      c.reason = string_of(co, "reason");
      c.follows = flag_of(co, "follows");
      c.wire = strings_of(co, "wire");
      c.nearest = string_of(co, "nearest");
      c.broken_in = strings_of(co, "broken_in");
      c.trace = string_of(co, "trace");
      c.known = string_of(co, "known");
      c.needs = strings_of(co, "needs");
      if (const auto* basis = co.if_contains("basis"); basis && basis->is_object()) c.basis = basis_from_json(basis->as_object());
      run.checks.push_back(std::move(c));
    }
  }
  if (const auto* list = o.if_contains("observations"); list && list->is_array()) {
    for (const auto& item : list->as_array()) {
      if (!item.is_object()) continue;
      const auto& oo = item.as_object();
      run.observations.push_back({string_of(oo, "name"), string_of(oo, "value"), string_of(oo, "scenario")});
    }
  }
  return run;
}

}  // namespace mailspec::result
