// What FETCH says of one message must agree with itself, over the whole trace (RFC 9051 2.3.1.1: these never change).
#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "harness/base/text.h"
#include "harness/imap/vocabulary.h"
#include "harness/mime/header.h"
#include "harness/oracle/imap_rule_parts.h"

namespace mailspec::oracle {

namespace {

using imap::Value;

constexpr const char* kStatic = "rfc9051/2.3.1.1/static-items";
constexpr const char* kSize = "rfc9051/2.3.4/size-is-octets";
constexpr const char* kParts = "rfc9051/6.4.5/header-and-text";
constexpr const char* kPartial = "rfc9051/6.4.5/partial-slice";
constexpr const char* kPartialUnasked = "rfc9051/7.5.2/origin-only-if-asked";
constexpr const char* kPartialShort = "rfc9051/6.4.5/partial-length";
constexpr const char* kOctets = "rfc9051/7.5.2/bodystructure-octets";
constexpr const char* kLines = "rfc9051/7.5.2/bodystructure-lines";
constexpr const char* kSubject = "rfc9051/7.5.2/envelope-subject";
constexpr const char* kBodyStructure = "rfc9051/7.5.2/bodystructure";
constexpr const char* kEnvelope = "rfc9051/7.5.2/envelope";
constexpr const char* kDefaults = "rfc9051/7.5.2/envelope-defaults";
constexpr const char* kMessageId = "rfc9051/7.5.2/envelope-message-id";
constexpr const char* kNoExtensionsInBody = "rfc9051/9/body-not-extensible";
constexpr const char* kExtension = "rfc9051/7.5.2/bodystructure-extension";
constexpr const char* kParameters = "rfc9051/7.5.2/bodystructure-parameters";

std::string print_of(const Value& v) {
  if (v.is_list()) {
    std::string out = "(";
    for (const auto& i : v.items) out += print_of(i) + " ";
    return out + ")";
  }
  return (v.is_string() ? "\"" + v.text + "\"" : upper(v.text)) + v.sha256;
}

// The parts of a BODYSTRUCTURE by their section numbers: octets, and lines of text parts.
struct PartFacts {
  std::uint64_t octets = 0;
  std::optional<std::uint64_t> lines;
};

// What BODYSTRUCTURE has of a part's header. Extension data may be left out from the end on (RFC 9051 9, body-ext-1part and body-ext-mpart).
struct PartFields {
  std::optional<Value> parameters, md5, disposition, language, location;
};
void collect_fields(const Value& body, const std::string& prefix, std::map<std::string, PartFields>& out, int depth = 0) {
  if (depth > 50 || !body.is_list() || body.items.empty()) return;
  const auto& items = body.items;
  const auto at = [&](std::size_t i) { return i < items.size() ? std::optional(items[i]) : std::nullopt; };
  PartFields f;
  if (items[0].is_list()) {
    std::size_t n = 0;
    while (n < items.size() && items[n].is_list()) {
      ++n;
      collect_fields(items[n - 1], (prefix.empty() ? "" : prefix + ".") + std::to_string(n), out, depth + 1);
    }
    f = {at(n + 1), {}, at(n + 2), at(n + 3), at(n + 4)};
  } else if (items.size() >= 7 && items[0].is_string()) {
    const bool message = upper(items[0].text) == "MESSAGE" && items.size() > 9 && items[7].is_list();
    const std::size_t basic = message ? 10 : upper(items[0].text) == "TEXT" ? 8 : 7;
    f = {items[2], at(basic), at(basic + 1), at(basic + 2), at(basic + 3)};
  }
  // The header of a message within a message has no section of its own that would be MIME.
  out[prefix] = std::move(f);
}

// "a; b=c; d=\"e\"" as the value and its parameters; nothing for what has comments, RFC 2231's forms, 8-bit octets or two parameters of a name.
struct Parameterized {
  std::string value;
  std::map<std::string, std::string> parameters;
};
std::optional<Parameterized> plain_parameters(const std::string& text) {
  Parameterized out;
  std::size_t at = 0;
  const auto blanks = [&] {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n')) ++at;
  };
  const auto token = [&] {
    const auto from = at;
    while (at < text.size() && text[at] > 0x20 && text[at] < 0x7f && std::string_view("()<>@,;:\\\"[]?=*'%").find(text[at]) == std::string_view::npos) ++at;
    return text.substr(from, at - from);
  };
  blanks();
  const auto semicolon = text.find(';');
  out.value = std::string(trim(text.substr(0, semicolon)));
  if (out.value.empty() || out.value.find_first_of("()\"*") != std::string::npos) return std::nullopt;
  at = semicolon == std::string::npos ? text.size() : semicolon;
  while (at < text.size()) {
    if (text[at++] != ';') return std::nullopt;
    blanks();
    if (at == text.size()) break;
    const auto name = upper(token());
    if (name.empty() || at == text.size() || text[at++] != '=') return std::nullopt;
    std::string value;
    if (at < text.size() && text[at] == '"') {
      for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' || text[at] < 0x20 || text[at] >= 0x7f) return std::nullopt;
        value += text[at];
      }
      if (at++ >= text.size()) return std::nullopt;
    } else {
      value = token();
    }
    // An encoded word is no form for a parameter, and is decoded here and there.
    if (value.empty() || value.find("=?") != std::string::npos || !out.parameters.emplace(name, value).second) return std::nullopt;
    blanks();
  }
  return out;
}
void collect(const Value& body, const std::string& prefix, bool top, std::map<std::string, PartFacts>& out, int depth = 0) {
  if (depth > 50 || !body.is_list() || body.items.empty()) return;
  if (body.items[0].is_list()) {
    std::size_t n = 0;
    for (const auto& child : body.items) {
      if (!child.is_list() || child.items.empty()) break;
      collect(child, (prefix.empty() ? "" : prefix + ".") + std::to_string(++n), false, out, depth + 1);
    }
    return;
  }
  const auto name = top ? (prefix.empty() ? "1" : prefix + ".1") : prefix;
  if (body.items.size() < 7) return;
  PartFacts f;
  f.octets = body.items[6].number().value_or(0);
  const auto type = upper(body.items[0].text);
  if (type == "TEXT" && body.items.size() > 7) f.lines = body.items[7].number();
  // Of a message that is itself a message/rfc822, "1" is read in two ways (RFC 3501 6.4.5 numbers "messages with no encapsulated message").
  if (top && prefix.empty() && type == "MESSAGE") return;
  const bool message = type == "MESSAGE" && upper(body.items[1].text) == "RFC822" && body.items.size() > 9;
  out[name] = f;
  if (message) collect(body.items[8], name, true, out, depth + 1);
}

// A body without its extension data, which a server may leave out (RFC 9051 9, body-ext-1part and body-ext-mpart).
Value basic(const Value& body, int depth = 0) {
  if (depth > 50 || !body.is_list() || body.items.empty()) return body;
  Value out = body;
  auto& items = out.items;
  if (items[0].is_list()) {
    std::size_t n = 0;
    while (n < items.size() && items[n].is_list()) {
      items[n] = basic(items[n], depth + 1);
      ++n;
    }
    if (items.size() > n + 1) items.resize(n + 1);
    return out;
  }
  const auto type = upper(items[0].text);
  const bool message = type == "MESSAGE" && items.size() > 9 && items[7].is_list();
  if (message) items[8] = basic(items[8], depth + 1);
  const std::size_t most = message ? 10 : type == "TEXT" ? 8 : 7;
  if (items.size() > most) items.resize(most);
  return out;
}

std::uint64_t line_ends(std::string_view octets) { return static_cast<std::uint64_t>(std::ranges::count(octets, '\n')); }

class Content : public ImapCheck {
 public:
  std::vector<std::string> requirements() const override {
    return {kStatic,  kSize,      kParts,    kPartial,  kPartialUnasked, kPartialShort,       kOctets,    kLines,
            kSubject, kMessageId, kEnvelope, kDefaults, kBodyStructure,  kNoExtensionsInBody, kExtension, kParameters};
  }

  void look(const Look& l) override {
    if (l.event.kind == Event::Kind::prepared) x_messages.clear();
    const auto key = key_of_message(l);
    if (!key) return;
    auto& m = x_messages[*key];
    for (const auto& i : imap::fetch_items(l.response())) {
      if (!l.crowded() || !looks_expunged(*i.value)) one(l, m, i);
    }
    together(l, m);
  }

 private:
  // A section as the command has written it: whether names of fields are found in any case is not this rule's.
  static std::string as_asked(const Look& l, const std::string& name) {
    for (const auto& r : l.session.running) {
      const auto args = replace_all(replace_all(r.args, ".PEEK[", "["), ".peek[", "[");
      if (const auto at = upper(args).find(name); at != std::string::npos) return args.substr(at, name.size());
    }
    return name;
  }

  struct Message {
    std::map<std::string, std::string> prints;     // of static items
    std::map<std::string, std::string> sections;   // whole texts by section, bounded
    std::map<std::string, std::uint64_t> lengths;  // of all sections
    std::optional<std::uint64_t> size;
    std::map<std::string, PartFacts> parts;
    std::map<std::string, PartFields> fields;         // by section: "" is the message
    std::vector<std::string> addresses;               // of ENVELOPE: From, Sender, Reply-To, To, Cc, Bcc; "" for NIL
    std::vector<std::optional<std::string>> strings;  // of ENVELOPE: Date, Subject, In-Reply-To, Message-ID
    std::map<std::string, bool> reported;
  };

  void one(const Look& l, Message& m, const imap::FetchItem& i) {
    const auto& v = *i.value;
    const auto* word = imap::find_fetch_item(i.name);
    if (!word || !word->is_static) return;
    const bool section = word->origin;
    if (section && i.origin) return partial(l, m, i);
    if (section && lacks_origin(l, i.name)) return;
    const auto print = print_of(i.name.starts_with("BODY") && v.is_list() ? basic(v) : v);
    const auto [it, fresh] = m.prints.emplace(i.name.find("HEADER.FIELDS") == std::string::npos ? i.name : as_asked(l, i.name), print);
    if (!fresh)
      l.demand(kStatic, it->second == print,
               [&] { return i.name + " of the same message was " + visible(it->second, 80) + " and is " + visible(print, 80) + " now"; });
    if (i.name == "RFC822.SIZE") m.size = v.number();
    const auto same = word->same_as.empty() ? i.name : std::string(word->same_as);
    if (same.starts_with("BODY[")) {
      if (!v.is_string()) return;
      m.lengths[same] = v.octets();
      if (v.whole() && v.text.size() <= 1024 * 1024) m.sections[same] = v.text;
    }
    if (i.name == "BODYSTRUCTURE" || i.name == "BODY") {
      collect(v, "", true, m.parts);
      if (i.name == "BODYSTRUCTURE") collect_fields(v, "", m.fields);
      if (i.name == "BODY") body_without_extensions(l, v, 0);
      const auto body = m.prints.find("BODY"), structure = m.prints.find("BODYSTRUCTURE");
      if (body != m.prints.end() && structure != m.prints.end())
        l.demand(kBodyStructure, upper(body->second) == upper(structure->second),
                 [&] { return "BODY says " + visible(body->second, 120) + ", BODYSTRUCTURE " + visible(structure->second, 120); });
    }
    if (i.name == "ENVELOPE" && v.items.size() == 10) {
      m.strings.clear();
      for (const std::size_t at : {0u, 1u, 8u, 9u}) m.strings.push_back(v.items[at].is_nil() ? std::nullopt : std::optional(v.items[at].text));
      m.addresses.clear();
      for (std::size_t at = 2; at < 8; ++at) m.addresses.push_back(v.items[at].is_nil() ? "" : print_of(v.items[at]));
    }
  }

  // BODY without STRUCTURE has no extension data (RFC 9051 9, body-ext-1part).
  static void body_without_extensions(const Look& l, const Value& body, int depth) {
    if (depth > 50 || !body.is_list() || body.items.empty()) return;
    std::size_t most = 7;
    if (body.items[0].is_list()) {
      std::size_t children = 0;
      while (children < body.items.size() && body.items[children].is_list()) body_without_extensions(l, body.items[children++], depth + 1);
      most = children + 1;
    } else if (upper(body.items[0].text) == "TEXT") {
      most = 8;
    } else if (upper(body.items[0].text) == "MESSAGE" && body.items.size() > 1 && upper(body.items[1].text) == "RFC822") {
      most = 10;
      if (body.items.size() > 8) body_without_extensions(l, body.items[8], depth + 1);
    } else if (upper(body.items[0].text) == "MESSAGE") {
      most = 10;  // message/global, which RFC 3501 does not know
    }
    l.demand(kNoExtensionsInBody, body.items.size() <= most, [&] { return "BODY has extension data: " + visible(print_of(body), 120); });
  }

  // BODY[...]<o>: what was asked, and no more; and a slice of the whole.
  void partial(const Look& l, Message& m, const imap::FetchItem& i) {
    const auto& v = *i.value;
    const auto* only = l.session.only();
    std::uint64_t wanted = 0;
    bool asked = false;
    for (const auto& r : l.session.running) {
      const auto args = upper(r.args);
      for (auto at = args.find("]<"); at != std::string::npos; at = args.find("]<", at + 1)) {
        const auto end = args.find('>', at);
        if (end == std::string::npos) continue;
        const auto inside = std::string_view(args).substr(at + 2, end - at - 2);
        const auto dot = inside.find('.');
        if (parse_number(inside.substr(0, dot)) != i.origin) continue;
        asked = true;
        // Without a count, or with one of nothing (which no grammar has), any length will do.
        const auto count = dot == std::string_view::npos ? 0 : parse_number(inside.substr(dot + 1)).value_or(0);
        wanted = std::max(wanted, count == 0 ? static_cast<std::uint64_t>(-1) : count);
      }
    }
    l.demand(kPartialUnasked, asked, [&] { return i.name + "<" + std::to_string(*i.origin) + "> came, which no command has asked for"; });
    if (!v.is_string()) return;
    if (asked && only)
      l.demand(kPartialShort, v.octets() <= wanted,
               [&] { return std::to_string(wanted) + " octets of " + i.name + " were asked for, " + std::to_string(v.octets()) + " came"; });
    const auto whole = m.sections.find(i.name);
    if (whole == m.sections.end() || !v.whole()) return;
    const auto slice = *i.origin < whole->second.size() ? whole->second.substr(*i.origin, v.text.size()) : "";
    const auto due = *i.origin < whole->second.size() ? std::min<std::uint64_t>(wanted, whole->second.size() - *i.origin) : 0;
    const auto origin = i.name + "<" + std::to_string(*i.origin) + ">";
    l.demand(kPartial, slice == v.text && (!only || due == v.text.size()), [&] {
      if (slice == v.text) return origin + " has " + std::to_string(v.text.size()) + " octets; " + std::to_string(due) + " were due";
      const auto from = whole->second.find(v.text);
      const auto elsewhere = from == std::string::npos ? "" : ", which stand at " + std::to_string(from);
      return origin + " begins with other octets than " + i.name + " has at " + std::to_string(*i.origin) + ": expected '" + visible(slice, 60) + "', got '" +
             visible(v.text, 60) + "'" + elsewhere;
    });
  }

  void together(const Look& l, Message& m) {
    const auto once = [&](const char* id, const std::string& what, bool holds, const std::string& text) {
      l.test(id);
      if (holds || m.reported[std::string(id) + what]) return;
      m.reported[std::string(id) + what] = true;
      l.find(id, text);
    };
    const auto whole = m.lengths.find("BODY[]");
    if (whole != m.lengths.end() && m.size) {
      // A message with octets no store keeps (NUL, bare line ends) may be counted before or after its repair.
      if (!l.trace.hostile)
        once(kSize, "", *m.size == whole->second, "RFC822.SIZE is " + std::to_string(*m.size) + ", BODY[] has " + std::to_string(whole->second) + " octets");
    }
    const auto body = m.sections.find("BODY[]"), header = m.sections.find("BODY[HEADER]"), text = m.sections.find("BODY[TEXT]");
    if (body != m.sections.end() && header != m.sections.end() && text != m.sections.end()) {
      once(kParts, "", header->second + text->second == body->second,
           "BODY[HEADER] and BODY[TEXT] put together are not BODY[]: " + std::to_string(header->second.size()) + " and " + std::to_string(text->second.size()) +
               " octets for " + std::to_string(body->second.size()));
    }
    for (const auto& [name, facts] : m.parts) {
      const auto section = "BODY[" + name + "]";
      const auto length = m.lengths.find(section);
      if (length == m.lengths.end()) continue;
      once(kOctets, name, facts.octets == length->second,
           "BODYSTRUCTURE says that part " + name + " has " + std::to_string(facts.octets) + " octets, " + section + " has " + std::to_string(length->second));
      const auto octets = m.sections.find(section);
      if (!facts.lines || octets == m.sections.end()) continue;
      // Whether a last line without its end counts is not said.
      const auto lines = line_ends(octets->second);
      const bool open = !octets->second.empty() && !octets->second.ends_with('\n');
      once(kLines, name, *facts.lines == lines || (open && *facts.lines == lines + 1),
           "BODYSTRUCTURE says that part " + name + " has " + std::to_string(*facts.lines) + " lines, " + section + " has " + std::to_string(lines));
    }
    for (const auto& [name, fields] : m.fields) {
      const auto head = m.sections.find(name.empty() ? "BODY[HEADER]" : "BODY[" + name + ".MIME]");
      if (head != m.sections.end() && !l.trace.hostile) part_fields(name, fields, head->second, once);
    }
    if (!m.strings.empty() && header != m.sections.end()) envelope(m, header->second, once);
  }

  // A part's fields as its header has them. Only what can be read in one way is compared.
  template <class F>
  static void part_fields(const std::string& name, const PartFields& fields, const std::string& header, F once) {
    const auto head = mime::header_fields(header);
    const auto where = name.empty() ? std::string("of the message") : "of part " + name;
    const auto plain = [&](const char* field) -> std::optional<std::string> {
      auto value = mime::only_field(head, field);
      if (!value || value->empty() || std::ranges::any_of(*value, [](char c) { return (c & 0x80) != 0 || c == '('; })) return std::nullopt;
      return value;
    };
    const auto told = [](const Value& v) { return visible(print_of(v), 80); };
    const auto text = [&](const char* field, const std::optional<Value>& v) {
      const auto value = plain(field);
      if (!value || !v) return;
      once(kExtension, name + field, v->is_string() && trim(v->text) == trim(*value),
           std::string("BODYSTRUCTURE has for the ") + field + " " + where + " " + told(*v) + ", the header '" + visible(*value, 80) + "'");
    };
    text("Content-MD5", fields.md5);
    if (const auto uri = plain("Content-Location"); uri && uri->find_first_of(" \t") == std::string::npos) text("Content-Location", fields.location);
    if (const auto value = plain("Content-Language"); value && fields.language) {
      std::string tags = fields.language->is_string() ? fields.language->text : "";
      for (const auto& tag : fields.language->items) tags += (tags.empty() ? "" : ",") + tag.text;
      once(kExtension, name + "Content-Language", iequals(replace_all(tags, " ", ""), replace_all(*value, " ", "")),
           "BODYSTRUCTURE has for the Content-Language " + where + " " + told(*fields.language) + ", the header '" + visible(*value, 80) + "'");
    }
    // Whether each parameter of the header is in the list, with its value.
    const auto missing = [](const Parameterized& due, const Value& list) {
      for (const auto& [key, value] : due.parameters) {
        bool there = false;
        for (std::size_t i = 0; i + 1 < list.items.size(); i += 2) {
          const auto& got = list.items[i + 1].text;
          there = there || (iequals(list.items[i].text, key) && (got == value || (key == "CHARSET" && iequals(got, value))));
        }
        if (!there) return key + "=" + value;
      }
      return std::string();
    };
    const auto field = plain("Content-Disposition");
    if (const auto due = field ? plain_parameters(*field) : std::nullopt; due && fields.disposition) {
      const auto& d = *fields.disposition;
      const bool type = d.is_list() && d.items.size() == 2 && iequals(d.items[0].text, due->value);
      const auto lost = type ? missing(*due, d.items[1]) : due->value;
      once(kExtension, name + "Content-Disposition", lost.empty(),
           "BODYSTRUCTURE has not '" + visible(lost, 80) + "' of the Content-Disposition " + where + ", but " + told(d));
    }
    const auto type = plain("Content-Type");
    if (const auto due = type ? plain_parameters(*type) : std::nullopt; due && due->value.find('/') != std::string::npos && fields.parameters) {
      const auto lost = missing(*due, *fields.parameters);
      once(kParameters, name, lost.empty(), "BODYSTRUCTURE has not the parameter '" + visible(lost, 80) + "' " + where + ", but " + told(*fields.parameters));
    }
  }

  template <class F>
  static void envelope(Message& m, const std::string& header, F once) {
    const auto fields = mime::header_fields(header);
    const auto count = [&](std::string_view name) { return std::ranges::count_if(fields, [&](const auto& f) { return iequals(f.name, name); }); };
    const auto plain = [](const std::string& text) { return std::ranges::none_of(text, [](char c) { return (c & 0x80) != 0; }); };
    // Folding may leave one blank or several.
    const auto squeeze = [](const std::string& t) { return join(words(replace_all(t, "\t", " ")), " "); };
    static constexpr std::pair<const char*, const char*> kStrings[] = {
        {"Date", kEnvelope}, {"Subject", kSubject}, {"In-Reply-To", kEnvelope}, {"Message-ID", kMessageId}};
    for (std::size_t i = 0; i < 4; ++i) {
      const auto& [name, id] = kStrings[i];
      const auto field = mime::only_field(fields, name);
      const auto& value = m.strings[i];
      // Of several fields any may be meant; octets above 0x7F have no one form; servers have NIL for what is empty (RFC 9051 7.5.2).
      if (count(name) > 1 || (field && (!plain(*field) || (field->empty() && !value)))) continue;
      const bool same = field && value ? squeeze(*field) == squeeze(*value) : field.has_value() == value.has_value();
      once(id, name, same,
           std::string("ENVELOPE has for ") + name + " '" + visible(value.value_or("NIL"), 80) + "', the header '" + visible(field.value_or("nothing"), 80) +
               "'");
    }
    static constexpr const char* kLists[] = {"From", "Sender", "Reply-To", "To", "Cc", "Bcc"};
    for (std::size_t i = 0; i < 6; ++i) {
      const std::string name = kLists[i];
      const auto field = mime::only_field(fields, name);
      const bool defaults = i == 1 || i == 2;
      if (field && plain(*field) && field->find('@') != std::string::npos)
        once(kEnvelope, name, !m.addresses[i].empty(), "ENVELOPE has NIL for " + name + ", the header '" + visible(*field, 80) + "'");
      else if (count(name) == 0 && defaults)
        once(kDefaults, name, m.addresses[i] == m.addresses[0], "the header has no " + name + ", and ENVELOPE has not From's addresses for it");
      else if (count(name) == 0) once(kEnvelope, name, m.addresses[i].empty(), "the header has no " + name + ", but ENVELOPE has addresses for it");
    }
  }

  std::map<std::string, Message> x_messages;
};

}  // namespace

std::unique_ptr<ImapCheck> imap_content_check() { return std::make_unique<Content>(); }

}  // namespace mailspec::oracle
