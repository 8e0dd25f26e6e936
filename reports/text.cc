#include <algorithm>
#include <map>

#include "harness/base/text.h"
#include "harness/result/gives.h"
#include "harness/result/skips.h"
#include "reports/reports.h"

namespace mailspec::reports {

using result::Check;
using result::Verdict;

namespace {

std::string wrap(const std::string& text, std::size_t indent) {
  constexpr std::size_t kWidth = 110;
  std::string out, line;
  for (const auto& word : words(text)) {
    if (!line.empty() && line.size() + 1 + word.size() > kWidth - indent) {
      out += line + "\n" + std::string(indent, ' ');
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  return out + line;
}

class Writer {
 public:
  Writer(const result::Run& run, const TextOptions& options) : x_run(run), x_options(options) {}

  std::string write() {
    for (const auto verdict : {Verdict::fail, Verdict::warn}) {
      for (const auto& c : x_run.checks) {
        if (c.known.empty() && c.verdict == verdict && !x_options.told.contains(c.id)) failure(c);
      }
    }
    if (!x_options.brief) details();
    for (const auto& t : x_run.troubles) x_out += colour("33", "trouble: ") + printable(t, 600) + "\n";
    for (const auto& t : x_run.known_trouble) x_out += colour("31", "known failures: ") + printable(t, 600) + "\n";
    summary();
    return std::move(x_out);
  }

  std::string one(const Check& c) {
    failure(c);
    return std::move(x_out);
  }

 private:
  std::string colour(const char* code, const std::string& text) const { return x_options.colour ? "\x1b[" + std::string(code) + "m" + text + "\x1b[0m" : text; }

  void failure(const Check& c) {
    const auto about = x_run.requirements.find(c.requirement);
    x_out += (c.verdict == Verdict::fail ? colour("31", "FAIL") : colour("33", "WARN")) + "  " + printable(c.id) +
             (c.kind.empty() || c.kind == "wrong" ? "" : "  (" + c.kind + ")") + "\n";
    if (about != x_run.requirements.end()) {
      x_out += "      " + result::authority(x_run, c) + "\n";
      x_out += "      " + wrap(about->second.says, 6) + "\n";
      if (about->second.severity != oracle::Requirement::Severity::none) {
        x_out += "      severity " + std::string(oracle::name_of(about->second.severity)) + ": " + wrap(about->second.danger, 6) + "\n";
        x_out += "      remedy: " + wrap(about->second.remedy, 6) + "\n";
      }
      if (!about->second.doubt.empty()) x_out += "      in doubt: " + wrap(about->second.doubt, 6) + "\n";
      if (!about->second.ruling.empty()) x_out += "      ruling: " + about->second.ruling + "\n";
    }
    x_out += "      " + wrap(printable(c.reason), 6) + "\n";
    if (!c.scenario.empty()) x_out += "      scenarios/" + c.scenario + ":" + std::to_string(c.line) + "\n";
    else if (!c.broken_in.empty()) {
      x_out +=
          "      in " + std::to_string(c.broken_in.size()) + " case" + (c.broken_in.size() == 1 ? "" : "s") + ", first " + printable(c.broken_in[0]) + "\n";
    }
    if (!c.nearest.empty()) x_out += "      nearest: " + printable(c.nearest) + "\n";
    for (const auto& line : c.wire) x_out += "        " + printable(line) + "\n";
    if (!c.trace.empty() && !x_run.replay.empty()) x_out += "      replay: " + printable(x_run.replay, 4000) + c.trace + "\n";
    x_out += "\n";
  }

  void details() {
    group("Inconclusive", Verdict::inconclusive);
    followers();
    if (x_options.verbose) group("Skipped", Verdict::skip);
    else skips();
    known();
    observations();
    both_protocols();
  }

  // By reason, because the same reason tells of many checks.
  void group(const std::string& title, Verdict verdict) {
    std::map<std::string, std::vector<std::string>> by_reason;
    for (const auto& c : x_run.checks) {
      if (c.verdict == verdict && c.known.empty() && !(verdict == Verdict::inconclusive && c.follows)) by_reason[c.reason].push_back(c.id);
    }
    if (by_reason.empty()) return;
    x_out += title + ":\n";
    for (const auto& [reason, ids] : by_reason) {
      x_out += "  " + printable(reason, 300) + "\n";
      first_three(ids);
    }
    x_out += "\n";
  }

  // What could not be judged beside a failure, by that failure: the reason begins with it.
  void followers() {
    std::map<std::string, std::vector<std::string>> by_cause;
    for (const auto& c : x_run.checks) {
      if (c.verdict == Verdict::inconclusive && c.follows && c.known.empty()) by_cause[c.reason.substr(0, c.reason.find(": "))].push_back(c.id);
    }
    if (by_cause.empty()) return;
    x_out += "Not judged, because of a failure:\n";
    for (const auto& [cause, ids] : by_cause) {
      x_out += "  " + printable(cause) + "\n";
      first_three(ids);
    }
    x_out += "\n";
  }

  void first_three(const std::vector<std::string>& ids) {
    for (std::size_t i = 0; i < ids.size() && i < 3; ++i) x_out += "    " + printable(ids[i]) + "\n";
    if (ids.size() > 3) x_out += "    ... and " + std::to_string(ids.size() - 3) + " more\n";
  }

  // A line a reason; --verbose has their checks.
  void skips() {
    std::map<std::string, std::size_t> by_reason;
    for (const auto& c : x_run.checks) {
      if (c.verdict == Verdict::skip && c.known.empty()) ++by_reason[c.reason];
    }
    if (by_reason.empty()) return;
    x_out += "Skipped:\n";
    for (const auto& line : result::skip_lines(by_reason)) x_out += "  " + wrap(line, 4) + "\n";
    x_out += "\n";
  }

  void known() {
    const auto n = x_run.count_known();
    if (!n) return;
    x_out += "Known failures (" + std::to_string(n) + "):\n";
    for (const auto& c : x_run.checks) {
      if (!c.known.empty()) x_out += "  " + printable(c.id) + "\n      " + wrap(printable(c.known), 6) + "\n";
    }
    x_out += "\n";
  }

  void observations() {
    if (x_run.observations.empty()) return;
    std::map<std::string, std::map<std::string, int>> by_name;
    for (const auto& o : x_run.observations) ++by_name[o.name][o.value];
    x_out += "Observations, where the RFCs leave a choice:\n";
    for (const auto& [name, values] : by_name) {
      std::string line;
      for (const auto& [value, n] : values) line += (line.empty() ? "" : ", ") + value + (n > 1 ? " (" + std::to_string(n) + " times)" : "");
      x_out += "  " + name + ": " + printable(line, 300) + "\n";
    }
    x_out += "\n";
  }

  // What POP3 and what IMAP4 give.
  void both_protocols() {
    const auto gifts = result::gives(x_run);
    if (gifts.empty()) return;
    std::size_t first = 0, second = 0;
    for (const auto& g : gifts) first = std::max(first, g.what.size()), second = std::max(second, g.pop3.size());
    const auto line = [&](const std::string& what, const std::string& pop3, const std::string& imap) {
      x_out += "  " + what + std::string(first - what.size() + 2, ' ') + pop3 + std::string(second - pop3.size() + 2, ' ') + printable(imap, 200) + "\n";
    };
    x_out += "What POP3 and what IMAP4 give you on this server, by what was proved in this run:\n";
    line("", "POP3", "IMAP4");
    for (const auto& g : gifts) line(g.what, g.pop3, g.imap);
    x_out += "\n";
  }

  // All of them once more, where they have been told one by one: they may stand far above.
  void told() {
    if (x_options.told.empty()) return;
    for (const auto& c : x_run.checks) {
      if (c.known.empty() && x_options.told.contains(c.id))
        x_out += (c.verdict == Verdict::fail ? colour("31", "FAIL") : colour("33", "WARN")) + "  " + printable(c.id) +
                 (c.broken_in.size() > 1 ? "  in " + std::to_string(c.broken_in.size()) + " cases" : "") + "\n";
    }
  }

  void summary() {
    told();
    const auto n = [&](Verdict v) { return std::to_string(x_run.count(v)); };
    const auto elsewhere = static_cast<std::size_t>(std::ranges::count_if(
        x_run.checks, [](const Check& c) { return c.verdict == Verdict::skip && c.known.empty() && result::is_not_applicable(c.reason); }));
    x_out += "Target " + visible(x_run.target) + (x_run.version.empty() ? "" : " " + visible(x_run.version)) +
             (x_run.server.empty() ? "" : ", which greets with '" + visible(x_run.server, 100) + "'") + "\n";
    const auto head = result::headline(x_run, x_options.strict);
    x_out += colour(head.status ? "31" : "32", head.words) + ": " + head.why + "\n";
    x_out += n(Verdict::pass) + " pass, " + n(Verdict::fail) + " fail, " + n(Verdict::warn) + " warn, " +
             std::to_string(x_run.count(Verdict::skip) - elsewhere) + " skip, " + n(Verdict::inconclusive) + " inconclusive, " +
             std::to_string(x_run.count_known()) + " known; " + std::to_string(x_run.checks.size() - elsewhere) + " checks in ";
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%.1f s", x_run.seconds);
    x_out += std::string(seconds) + (elsewhere ? ", " + std::to_string(elsewhere) + " more do not apply to what the server offers" : "") + ", seed " +
             std::to_string(x_run.seed) + ", segmentation " + x_run.segmentation + "\n";
  }

  const result::Run& x_run;
  const TextOptions& x_options;
  std::string x_out;
};

}  // namespace

std::string text(const result::Run& run, const TextOptions& options) { return Writer(run, options).write(); }

std::string text_of_failure(const result::Run& run, const Check& check, bool colour) {
  TextOptions options;
  options.colour = colour;
  return Writer(run, options).one(check);
}

}  // namespace mailspec::reports
