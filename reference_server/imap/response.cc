#include "reference_server/imap/response.h"

#include "harness/base/ascii.h"
#include "harness/base/planted.h"
#include "reference_server/imap/names.h"
#include "reference_server/mime/utf8.h"

namespace mailspec::reference::imap {

namespace {

// RFC 9051 9: QUOTED-CHAR has UTF-8, and no other octets above 127.
bool quotable(std::string_view text, bool utf8) {
  bool high = false;
  for (const char c : text) {
    if (c == '\r' || c == '\n' || c == '\0') return false;
    high = high || (c & 0x80);
  }
  return text.size() < 1000 && (!high || (utf8 && (is_utf8(text) || planted("string-latin1-quoted"))));
}

// Addresses and bodies stand side by side without blanks (RFC 9051 9: 1*address, 1*body).
bool side_by_side(const Node& a, const Node& b) { return a.kind == Node::Kind::list && b.kind == Node::Kind::list && a.text == "+" && b.text == "+"; }

void write(std::string& out, const Node& n, const Writing& how) {
  switch (n.kind) {
    case Node::Kind::atom: out += how.lower_case ? lower(n.text) : n.text; break;
    case Node::Kind::bare: out += n.text; break;
    case Node::Kind::nil: out += how.lower_case ? "nil" : "NIL"; break;
    case Node::Kind::quoted:
    case Node::Kind::string:
      if (n.kind == Node::Kind::quoted || (!how.literals && quotable(n.text, how.utf8))) {
        out += '"';
        for (const char c : n.text) {
          if ((c == '"' || c == '\\') && !planted("string-quotes-unescaped")) out += '\\';
          out += c;
        }
        out += '"';
        break;
      }
      [[fallthrough]];
    case Node::Kind::literal: out += "{" + std::to_string(n.text.size()) + "}\r\n" + n.text; break;
    case Node::Kind::literal8:
      out += "~{" + std::to_string(n.text.size()) + "}\r\n" + (planted("string-nul-truncates") ? n.text.substr(0, n.text.find('\0')) : n.text);
      break;
    case Node::Kind::list:
      out += '(';
      for (std::size_t i = 0; i < n.items.size(); ++i) {
        if (i > 0 && !side_by_side(n.items[i - 1], n.items[i])) out += ' ';
        write(out, n.items[i], how);
      }
      out += ')';
  }
}

}  // namespace

std::string write_node(const Node& node, const Writing& how) {
  std::string out;
  write(out, node, how);
  return out;
}

std::string write_response(const Response& r, const Writing& how) {
  std::string out;
  // Room for its largest texts: of 25 MB no growth is wanted.
  std::size_t room = 256;
  for (const auto& n : r.data) {
    for (const auto& i : n.items) room += i.text.size() + 16;
  }
  out.reserve(room);
  for (const auto& b : r.before) out += write_response(b, how);
  if (!r.drop) {
    if (!r.raw.empty()) {
      out += r.raw;
    } else if (r.kind == Response::Kind::continuation) {
      out += "+ " + r.text;
    } else {
      out += r.kind == Response::Kind::tagged ? r.tag : "*";
      if (r.number) out += " " + std::to_string(*r.number);
      out += " " + (how.lower_case ? lower(r.keyword) : r.keyword);
      for (const auto& n : r.data) {
        out += ' ';
        write(out, n, how);
      }
      if (!r.code.empty()) {
        out += " [" + (how.lower_case ? lower(r.code) : r.code);
        for (const auto& n : r.code_data) {
          out += ' ';
          write(out, n, how);
        }
        out += "]";
      }
      if (!r.text.empty()) out += " " + r.text;
    }
    out += r.line_end;
  }
  for (const auto& a : r.after) out += write_response(a, how);
  return out;
}

Node* item(Response& r, std::string_view name) {
  if (r.keyword != "FETCH" || r.data.empty()) return nullptr;
  auto& items = r.data[0].items;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    if (items[i].text == name) return &items[i + 1];
  }
  return nullptr;
}

}  // namespace mailspec::reference::imap
