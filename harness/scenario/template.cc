#include "harness/scenario/template.h"

#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "harness/imap/command.h"
#include "harness/mime/base64.h"
#include "harness/pop3/response.h"

namespace mailspec::scenario {

namespace {
bool is_ascii(std::string_view octets) {
  return std::ranges::all_of(octets, [](char c) { return c > 0; });
}
}  // namespace

// rfc9051 9: quoted = DQUOTE *QUOTED-CHAR DQUOTE.
bool is_quotable(std::string_view octets) { return is_ascii(octets) && octets.find_first_of("\r\n") == std::string_view::npos; }

// rfc1939 3: keywords and arguments consist of printable ASCII characters, separated by a space.
bool is_pop3_argument(std::string_view octets) {
  return std::ranges::all_of(octets, [](char c) { return c > ' ' && c < 0x7f; });
}

namespace {

constexpr std::size_t kMaxRepeat = 64u * 1024 * 1024;

std::vector<std::string> names_of(const Bindings& bindings) {
  std::vector<std::string> out;
  for (const auto& [name, value] : bindings) out.push_back(name);
  return out;
}

Error wrong(const Piece& piece, std::string what) {
  return {Error::Kind::config, "{" + piece.text + "}: " + std::move(what), static_cast<std::size_t>(piece.column)};
}

// The form of an argument that a generator writes: what it may hold, and how.
struct Form {
  const char* name;
  const char* what;  // for people
  bool (*holds)(std::string_view octets);
  std::string (*write)(std::string_view octets);
};

// rfc9051 9: astring = 1*ASTRING-CHAR / string.
bool is_atom(std::string_view octets) {
  return !octets.empty() &&
         std::ranges::all_of(octets, [](char c) { return c > ' ' && c < 0x7f && std::string_view("(){%*\"\\").find(c) == std::string_view::npos; });
}

std::string as_it_is(std::string_view octets) { return std::string(octets); }

const std::vector<Form>& forms() {
  static const std::vector<Form> kAll{
      {"atom", "an atom", is_atom, as_it_is},
      {"quoted", "a quoted string of ASCII", is_quotable, imap::quoted},
      {"astring", "an atom or a quoted string of ASCII", is_quotable, [](std::string_view s) { return is_atom(s) ? std::string(s) : imap::quoted(s); }},
      {"ascii", "ASCII", is_ascii, as_it_is},
      {"argument", "an argument of POP3 (RFC 1939 section 3)", is_pop3_argument, as_it_is},
  };
  return kAll;
}

Result<Expansion> generate(const Piece& piece, const Bindings& bindings, Workshop& workshop, int connection) {
  std::vector<std::string> args;
  bool secret = false;
  std::string shown;
  for (const auto& argument : piece.args) {
    auto expanded = expand(argument, bindings, workshop, connection);
    if (!expanded) return expanded.error();
    secret = secret || expanded->secret;
    args.push_back(expanded->octets);
  }
  Expansion out;
  out.secret = secret;
  const auto form = std::ranges::find_if(forms(), [&](const Form& f) { return piece.text == f.name; });
  if (form != forms().end() && args.size() == 1) {
    if (!form->holds(args[0])) {
      const auto what = secret ? std::string("the password") : "'" + visible(args[0], 80) + "'";
      out.declined = what + " cannot be sent as " + form->what + "; an account with a plainer one would do";
      return out;
    }
    out.octets = form->write(args[0]);
  } else if (piece.text == "base64" && args.size() == 1) {
    out.octets = mime::encode_base64(args[0]);
  } else if (piece.text == "repeat" && args.size() == 2) {
    const auto times = parse_number(args[1]);
    if (!times || *times * args[0].size() > kMaxRepeat) return wrong(piece, "wants a text and a count, 64 MiB together at most");
    for (std::uint64_t i = 0; i < *times; ++i) out.octets += args[0];
    const std::string pattern = visible(args[0], 40);
    // Lines of their own are commands, or pieces of one, to whoever looks at the trace.
    constexpr std::size_t kMostLines = 256 * 1024;
    const bool lines = out.octets.find('\n') != std::string::npos && out.octets.size() <= kMostLines;
    out.shown = out.octets.size() > 200 && !lines ? "{repeat \"" + pattern + "\" " + args[1] + "}" : out.octets;
    return out;
  } else if (piece.text == "numbered" && args.size() == 2) {
    const auto times = parse_number(args[1]);
    constexpr std::size_t kMostLines = 256 * 1024;
    if (!times || *times > kMostLines || *times * (args[0].size() + 6) > kMostLines)
      return wrong(piece, "wants a text with '#' for the number and a count, 256 KiB together at most");
    for (std::uint64_t i = 1; i <= *times; ++i) out.octets += replace_all(args[0], "#", std::to_string(i));
    out.shown = out.octets;
    return out;
  } else if (piece.text == "day" && args.size() == 1) {
    // Of an INTERNALDATE: the date of SEARCH, without time and zone.
    const auto parts = words(args[0]);
    if (parts.empty()) return wrong(piece, "wants a date");
    out.octets = parts[0];
  } else if (piece.text == "apop" && (args.size() == 1 || args.size() == 2)) {
    const auto& faults = sasl::Client::faults();
    if (args.size() == 2 && std::ranges::find(faults, args[1]) == faults.end()) return wrong(piece, unknown("fault", args[1], faults));
    out.octets = sasl::apop_digest(args[0], workshop.credentials.password, args.size() == 2 ? args[1] : "");
    out.secret = true;
  } else if (piece.text == "sasl" && args.size() >= 2) {
    const auto number = parse_number(args[1]);
    const auto& all = sasl::Client::mechanisms();
    if (std::ranges::find(all, args[0]) == all.end()) return wrong(piece, unknown("mechanism", args[0], all));
    if (!number || *number < 1 || *number > 3) return wrong(piece, "the step is 1, 2 or 3");
    std::string challenge, fault;
    for (std::size_t i = 2; i < args.size(); ++i) {
      const auto& faults = sasl::Client::faults();
      if (std::ranges::find(faults, args[i]) != faults.end()) fault = args[i];
      else challenge = args[i];
    }
    const auto decoded = mime::decode_base64(challenge);
    const auto key = std::to_string(connection) + args[0];
    if (*number == 1) workshop.exchanges.erase(key);
    auto& exchange = workshop.exchanges.try_emplace(key, args[0], workshop.credentials, workshop.nonce).first->second;
    if (!decoded) {
      out.breach = "the challenge is not base64";
      return out;
    }
    const auto answer = exchange.step(static_cast<int>(*number), *decoded, fault);
    out.octets = mime::encode_base64(answer.octets);
    // Where a fault of ours is at stake, the server's own one is another check's.
    const bool ours = !fault.empty() && fault != "few-iterations" && fault != "is-msg-id";
    (ours ? out.declined : out.breach) = answer.breach;
    out.secret = true;
  } else {
    return wrong(piece, "wrong number of arguments");
  }
  out.shown = out.secret ? "{secret:" + std::to_string(out.octets.size()) + "}" : out.octets;
  if (out.secret) out.secrets.push_back(out.octets);
  return out;
}

}  // namespace

Result<Expansion> expand(const Line& line, const Bindings& bindings, Workshop& workshop, int connection) {
  Expansion out;
  for (const auto& piece : line) {
    switch (piece.kind) {
      case Piece::Kind::literal:
        out.octets += piece.text;
        out.shown += piece.text;
        break;
      case Piece::Kind::use: {
        const auto it = bindings.find(piece.text);
        if (it == bindings.end()) return wrong(piece, unknown("name", piece.text, names_of(bindings)));
        out.octets += it->second.octets;
        out.shown += it->second.secret ? "{secret:" + std::to_string(it->second.octets.size()) + "}" : it->second.octets;
        out.secret = out.secret || it->second.secret;
        break;
      }
      case Piece::Kind::generator: {
        auto generated = generate(piece, bindings, workshop, connection);
        if (!generated) return generated.error();
        out.octets += generated->octets;
        out.shown += generated->shown;
        out.secret = out.secret || generated->secret;
        for (auto& each : generated->secrets) out.secrets.push_back(std::move(each));
        if (!generated->breach.empty()) out.breach = generated->breach;
        if (!generated->declined.empty()) out.declined = generated->declined;
        break;
      }
      case Piece::Kind::data: return wrong(piece, "a literal cannot stand here");
      default: return wrong(piece, "stands in S lines only");
    }
  }
  return out;
}

Match match(const Line& pattern, std::string_view text, Bindings& bindings, bool open_end, bool any_case) {
  Bindings bound;
  std::size_t at = 0;
  // A value runs to the next space, or to where the next literal begins.
  const auto value_at = [&](std::size_t index) {
    auto stop = text.find(' ', at);
    if (index + 1 < pattern.size() && pattern[index + 1].kind == Piece::Kind::literal && pattern[index + 1].text[0] != ' ') {
      stop = std::min(stop, text.find(pattern[index + 1].text[0], at));
    }
    return text.substr(at, stop == std::string_view::npos ? stop : stop - at);
  };
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const auto& piece = pattern[i];
    std::string wanted;
    switch (piece.kind) {
      case Piece::Kind::rest: at = text.size(); continue;
      case Piece::Kind::bind:
      case Piece::Kind::any: {
        const bool rest = !piece.choices.empty();
        const auto value = rest ? text.substr(at) : value_at(i);
        if (value.empty() && !rest) return {false, at};
        if (piece.kind == Piece::Kind::bind) bound[piece.text] = {std::string(value), false};
        at += value.size();
        continue;
      }
      case Piece::Kind::one_of: {
        const auto value = value_at(i);
        if (std::ranges::none_of(piece.choices, [&](const auto& c) { return any_case ? iequals(c, value) : c == value; })) return {false, at};
        bound[piece.text] = {std::string(value), false};
        at += value.size();
        continue;
      }
      case Piece::Kind::use: {
        const auto mine = bound.find(piece.text);
        const auto theirs = bindings.find(piece.text);
        if (mine != bound.end()) wanted = mine->second.octets;
        else if (theirs != bindings.end()) wanted = theirs->second.octets;
        else return {false, at};
        break;
      }
      case Piece::Kind::literal: wanted = piece.text; break;
      case Piece::Kind::file:
      case Piece::Kind::data:
      case Piece::Kind::generator: return {false, at};
    }
    const auto here = text.substr(at, wanted.size());
    if (any_case ? !iequals(here, wanted) : here != wanted) return {false, at};
    at += wanted.size();
  }
  const bool ended = at == text.size() || (open_end && text[at] == ' ');
  if (!ended) return {false, at};
  for (auto& [name, value] : bound) bindings[name] = std::move(value);
  return {true, at};
}

}  // namespace mailspec::scenario
