// FETCH: data items, ENVELOPE and BODYSTRUCTURE from the server's own MIME scanner.
#include <algorithm>
#include <iterator>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reference_server/imap/date_time.h"
#include "reference_server/imap/session.h"
#include "reference_server/mime/base64.h"
#include "reference_server/mime/text.h"

namespace mailspec::reference::imap {

namespace {

Node addresses(const mime::Field* field) {
  if (!field) return Node::nil();
  auto list = Node::list();
  for (const auto& a : mime::parse_addresses(field->value)) {
    auto n = Node::list({Node::nstr(a.name), Node::nstr(a.route), Node::nstr(a.mailbox), Node::nstr(a.host)});
    n.text = "+";
    list.items.push_back(std::move(n));
  }
  return list.items.empty() ? Node::nil() : list;
}

Node text_of(const mime::Field* field) { return field ? Node::str(field->value) : Node::nil(); }

// RFC 9051 7.5.2 has parameters joined that RFC 2231 has split; RFC 3501 says nothing of it.
Node params_of(const mime::Params& params, bool join) {
  if (params.empty()) return Node::nil();
  auto list = Node::list();
  for (const auto& [name, value] : join ? mime::joined(params) : params) {
    list.items.push_back(Node::str(name));
    list.items.push_back(Node::str(value));
  }
  return list;
}

void add_extension(const mime::Part& part, bool join, std::vector<Node>& out) {
  if (const auto* f = part.field("Content-Disposition")) {
    auto [value, params] = mime::parse_parameterized(f->value);
    out.push_back(Node::list({Node::str(value), params_of(params, join)}));
  } else {
    out.push_back(Node::nil());
  }
  if (const auto* f = part.field("Content-Language")) {
    std::vector<Node> tags;
    for (auto& tag : split(f->value, ',')) tags.push_back(Node::str(std::string(trim(tag))));
    out.push_back(tags.size() == 1 ? tags[0] : Node::list(tags));
  } else {
    out.push_back(Node::nil());
  }
  out.push_back(text_of(part.field("Content-Location")));
}

// The part a section names. `whole` is set where it is the message itself, or one within.
const mime::Part* find_part(const mime::Part& message, const std::vector<std::uint64_t>& path) {
  const auto* p = &message;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto n = path[i];
    const auto* container = p;
    if (i > 0 && p->message()) container = &p->parts[0];
    if (container->multipart()) {
      if (n > container->parts.size()) return nullptr;
      p = &container->parts[n - 1];
    } else if (n == 1 && (i == 0 || p->message())) {
      p = container;
    } else {
      return nullptr;
    }
  }
  return p;
}

// Is it the only part of a message within a message?
bool is_only_part(const mime::Part& message, std::vector<std::uint64_t> path) {
  path.pop_back();
  const auto* p = find_part(message, path);
  return p && p->message() && !p->parts[0].multipart();
}

std::string fields_of(const mime::Part& part, const std::vector<std::string>& names, bool listed) {
  std::string out;
  for (const auto& f : part.fields) {
    const bool in = std::ranges::any_of(names, [&](const auto& n) { return iequals(n, f.name); });
    if (in == listed) out += f.raw;
  }
  return out + "\r\n";
}

std::optional<std::string> section_of(const mime::Part& message, const Section& s) {
  using Text = Section::Text;
  const auto* p = find_part(message, s.part);
  if (!p) return std::nullopt;
  if (s.part.empty()) {
    switch (s.text) {
      case Text::none: return std::string(message.header) + std::string(message.body);
      case Text::header: return std::string(message.header);
      case Text::text: return std::string(message.body);
      case Text::fields: return fields_of(message, s.names, true);
      case Text::fields_not: return fields_of(message, s.names, false);
      case Text::mime: return std::nullopt;
    }
  }
  if (s.text == Text::none) return std::string(p->body);
  if (s.text == Text::mime) return std::string(p->header);
  // HEADER and TEXT of a part are those of the message within it (RFC 9051 6.4.5).
  if (!p->message()) return std::nullopt;
  const auto& inner = p->parts[0];
  switch (s.text) {
    case Text::header: return std::string(inner.header);
    case Text::text: return std::string(inner.body);
    case Text::fields: return fields_of(inner, s.names, true);
    default: return fields_of(inner, s.names, false);
  }
}

void add_item(std::vector<Node>& items, std::string name, Node value) {
  items.push_back(Node::atom(std::move(name)));
  items.push_back(std::move(value));
}

// An item and its value, before all others.
void put_first(std::vector<Node>& items, std::string_view name) {
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    const auto at = items.begin() + static_cast<std::ptrdiff_t>(i);
    if (at->text == name) std::rotate(items.begin(), at, at + 2);
  }
}

// All else is known without a look at the message's text.
bool needs_parsing(const FetchAtt& a) {
  return a.name != "FLAGS" && a.name != "UID" && a.name != "INTERNALDATE" && a.name != "RFC822.SIZE" && a.name != "RFC822";
}

// Faults only: names of header fields as a careless server compares them.
Section misread(const Options& options, Section s, const mime::Part& message) {
  const bool whole = s.part.empty();
  if (whole && s.text == Section::Text::fields_not && options.fault(Fault::fields_not_by_case))
    std::erase_if(s.names, [&](const auto& n) { return std::ranges::none_of(message.fields, [&](const auto& f) { return f.name == n; }); });
  if (whole && s.text == Section::Text::fields && options.fault(Fault::fields_by_prefix)) {
    for (const auto& n : std::vector(s.names)) {
      for (const auto& f : message.fields) {
        if (iequals(f.name.substr(0, n.size()), n)) s.names.push_back(f.name);
      }
    }
  }
  return s;
}

}  // namespace

Node envelope_of(const mime::Part& m) {
  auto from = addresses(m.field("From"));
  auto sender = addresses(m.field("Sender")), reply = addresses(m.field("Reply-To"));
  // RFC 9051 7.5.2: absent or empty Sender and Reply-To are as From.
  if (sender.kind == Node::Kind::nil) sender = from;
  if (reply.kind == Node::Kind::nil) reply = from;
  return Node::list({text_of(m.field("Date")), text_of(m.field("Subject")), from, sender, reply, addresses(m.field("To")), addresses(m.field("Cc")),
                     addresses(m.field("Bcc")), text_of(m.field("In-Reply-To")), text_of(m.field("Message-ID"))});
}

Node body_structure(const mime::Part& p, bool extensible, bool join) {
  std::vector<Node> out;
  if (p.multipart()) {
    for (const auto& child : p.parts) {
      out.push_back(body_structure(child, extensible, join));
      out.back().text = "+";
    }
    out.push_back(Node::str(p.subtype));
    if (extensible) {
      out.push_back(params_of(p.params, join));
      add_extension(p, join, out);
    }
    return Node::list(std::move(out));
  }
  // RFC 9051 9: media-text and media-message are written in quotes.
  const bool fixed = p.type == "TEXT" || p.message();
  out = {fixed ? Node::quoted(p.type) : Node::str(p.type),
         p.message() ? Node::quoted(p.subtype) : Node::str(p.subtype),
         params_of(p.params, join),
         text_of(p.field("Content-ID")),
         text_of(p.field("Content-Description")),
         Node::str(p.encoding),
         Node::num(p.body.size())};
  if (p.message()) {
    out.push_back(envelope_of(p.parts[0]));
    out.push_back(body_structure(p.parts[0], extensible, join));
    out.push_back(Node::num(p.lines()));
  } else if (p.type == "TEXT") {
    out.push_back(Node::num(p.lines()));
  }
  if (extensible) {
    out.push_back(text_of(p.field("Content-MD5")));
    add_extension(p, join, out);
  }
  return Node::list(std::move(out));
}

Node Session::flags_of(const Slot& slot, const StoredMessage& m) const {
  auto list = Node::list();
  for (const auto& f : fault(Fault::flags_of_the_session) ? slot.flags : m.flags) list.items.push_back(Node::atom(f));
  if (slot.recent && !x_rev2) list.items.push_back(Node::atom("\\Recent"));
  return list;
}

Node Session::fetch_item(const FetchAtt& a, const StoredMessage& m, const std::optional<mime::Part>& part, std::string& name, bool& unknown_cte) {
  name = a.name;
  if (a.name == "UID") return Node::num(m.uid);
  if (a.name == "INTERNALDATE") return Node::quoted(write_date_time(m.date, m.zone));
  if (a.name == "RFC822.SIZE") return Node::num(m.octets.size());
  if (a.name == "RFC822") return Node::str(m.octets);
  if (a.name == "RFC822.HEADER") return Node::str(std::string(part->header));
  if (a.name == "RFC822.TEXT") return Node::str(std::string(part->body));
  if (a.name == "ENVELOPE") return envelope_of(*part);
  const bool join = x_rev2 && !fault(Fault::parameters_split);
  if (a.name == "BODY") return body_structure(*part, false, join);
  if (a.name == "BODYSTRUCTURE") return body_structure(*part, true, join);
  std::optional<std::string> octets;
  if (a.name == "BODY[]") {
    name = "BODY" + a.section.written;
    octets = section_of(*part, misread(x_options, a.section, *part));
    if (fault(Fault::nested_one_is_nil) && a.section.part.size() > 1 && a.section.part.back() == 1 && is_only_part(*part, a.section.part)) octets.reset();
  } else {
    name = (a.name == "BINARY[]" ? "BINARY" : "BINARY.SIZE") + a.section.written;
    const auto* p = find_part(*part, a.section.part);
    if (p && a.section.part.empty()) octets = m.octets;
    else if (p) {
      if (fault(Fault::binary_one_line) && p->encoding == "BASE64") octets = base64_decode(p->body.substr(0, p->body.find("\r\n")));
      else octets = p->multipart() || fault(Fault::binary_undecoded) ? std::optional(std::string(p->body)) : mime::decode(*p);
      if (!octets) {
        unknown_cte = true;
        return Node::nil();
      }
    }
    if (a.name == "BINARY.SIZE[]") return Node::num(octets ? octets->size() : 0);
  }
  if (!octets) return Node::nil();
  if (a.partial) {
    if (a.name == "BINARY[]" && fault(Fault::binary_partial_encoded)) octets = std::string(find_part(*part, a.section.part)->body);
    const bool past = a.partial->first >= octets->size();
    if (!(a.name == "BINARY[]" && fault(Fault::binary_without_origin)) && !(past && fault(Fault::past_end_without_origin)))
      name += "<" + std::to_string(a.partial->first) + ">";
    const auto from = fault(Fault::partial_from_zero) ? 0 : a.partial->first + (fault(Fault::partial_shifted) ? 1 : 0),
               most = a.partial->second + (fault(Fault::partial_too_long) ? 1 : 0);
    *octets = from < octets->size() ? octets->substr(from, most) : "";
  }
  const bool eight = a.name == "BINARY[]" && (octets->find('\0') != std::string::npos || fault(Fault::always_literal8));
  if (eight) return Node::make(Node::Kind::literal8, std::move(*octets));
  // A literal has no NUL (CHAR8); a message that holds one cannot be sent as it is (RFC 9051 4.3.1).
  std::ranges::replace(*octets, '\0', '\x80');
  return octets->empty() ? Node::str("") : Node::make(Node::Kind::literal, std::move(*octets));
}

// RFC 9051 6.4.5: what is not only looked at is \Seen. True if the message was not yet.
bool Session::set_seen(const FetchArguments& asked, const StoredMessage& m) {
  if (!x_policy.messages.sets_seen(x_view, asked.items)) return false;
  auto& stored = const_cast<StoredMessage&>(m);
  if (!stored.flags.insert("\\Seen").second) return false;
  stored.changed = ++x_view.box->changes;
  return true;
}

// The items that are asked for and their values in turn, without those whose transfer encoding is unknown (RFC 9051 7.1, UNKNOWN-CTE).
std::vector<Node> Session::fetched(const FetchArguments& asked, const Slot& slot, const StoredMessage& m) {
  std::vector<Node> out;
  std::optional<mime::Part> part;
  if (std::ranges::any_of(asked.items, needs_parsing)) part = mime::parse_message(m.octets);
  for (std::size_t i = 0; i < asked.items.size(); ++i) {
    if (!x_policy.messages.answers(asked.items, i)) continue;
    const auto& item = asked.items[i];
    std::string name = item.name;
    bool unknown_cte = false;
    auto value = item.name == "FLAGS" ? flags_of(slot, m) : fetch_item(item, m, part, name, unknown_cte);
    x_unknown_cte = x_unknown_cte || unknown_cte;
    if (!unknown_cte) add_item(out, std::move(name), std::move(value));
  }
  return out;
}

void Session::fetch_one(const Head& c, const FetchArguments& asked, std::size_t index, const StoredMessage& m) {
  auto& slot = x_view.slots[index];
  const auto wants = [&](std::string_view name) { return std::ranges::find(asked.items, name, &FetchAtt::name) != asked.items.end(); };
  const bool seen_now = set_seen(asked, m);
  std::vector<Node> items;
  if (tells_uid(c) && !wants("UID")) add_item(items, "UID", Node::num(m.uid));
  std::ranges::move(fetched(asked, slot, m), std::back_inserter(items));
  // The change that this very command makes is told in the same response.
  if (seen_now && !wants("FLAGS") && !fault(Fault::seen_untold)) add_item(items, "FLAGS", flags_of(slot, m));
  if (seen_now || wants("FLAGS")) slot.told = m.changed;
  if (o().flags_first) put_first(items, "FLAGS");
  if (!o().split_fetch || items.size() <= 2) return tell_fetched(index, std::move(items));
  // One message's data in several responses.
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    std::vector<Node> piece{items[i], items[i + 1]};
    if ((c.uid || x_rev2) && items[i].text != "UID") piece.insert(piece.begin(), {Node::atom("UID"), Node::num(m.uid)});
    tell_fetched(index, std::move(piece));
  }
}

// RFC 9051 6.4.9, 7.5.2: does a FETCH response have the UID unasked?
bool Session::tells_uid(const Head& c) const { return c.uid || x_rev2 || o().uid_in_fetch; }

void Session::tell_fetched(std::size_t index, std::vector<Node> items) {
  if (items.empty()) return;
  Response r;
  r.number = index + 1;
  r.keyword = "FETCH";
  r.data.push_back(Node::list(std::move(items)));
  emit(std::move(r));
}

void Session::fetch(const Head& c, const FetchArguments& a) {
  bool bad_number = false;
  auto indexes = resolve(a.set, c.uid, bad_number);
  if (choice("fetch-backwards")) std::ranges::reverse(indexes);
  if (bad_number) return bad(c, "no such message");
  if (c.uid && indexes.empty() && fault(Fault::uid_missing_no)) return no(c, "no such message");
  bool missing = false;
  x_unknown_cte = false;
  for (const auto i : indexes) {
    const auto* m = message(i);
    if (!m) {
      missing = true;
      continue;
    }
    fetch_one(c, a, i, *m);
  }
  if (x_unknown_cte) return no(c, "a content transfer encoding is unknown", "UNKNOWN-CTE");
  if (missing) return no(c, "some messages have been expunged", "EXPUNGEISSUED");
  ok(c);
}

}  // namespace mailspec::reference::imap
