// Families "numbering", "identity" and "null forms": what a session says of its messages.
#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/text.h"
#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/pop3_rewrite.h"

namespace mailspec::reference {

namespace {

// Does a command of the TRANSACTION state name a message beyond the last one?
bool is_beyond(const Pop3Command& c, const Pop3Session& s) {
  return s.state() == Pop3State::transaction && c.args.size() == 1 && parse_number(c.args[0]).value_or(0) > s.slots().size();
}

// What RETR sends; TOP is another's affair.
std::string* of_retr(const Pop3Command& c, Pop3Reply& r) { return c.keyword == "RETR" ? content(r) : nullptr; }

// Changes all sizes that LIST tells, with an argument and without one.
void resize(const Pop3Command& c, Pop3Reply& r, const Pop3Session& s, std::uint64_t (*size)(std::uint64_t was, const std::string& octets)) {
  const auto in = [&](std::string& line) {
    const auto* slot = s.slot(parse_number(line.substr(0, line.find(' '))).value_or(0));
    if (slot) set_value(line, std::to_string(size(value_of(line), slot->message->octets)));
  };
  if (auto* l = listing(c, r, "LIST")) std::ranges::for_each(*l, in);
  if (one_line(c, r, "LIST")) in(r.text);
}

}  // namespace

std::vector<Switch> pop3_maildrop_deviations() {
  return {
      {"drops-blanks-at-line-ends", "rfc1939/5/retr-sends-message", "sends no blanks at the end of a line by RETR",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* octets = c.keyword == "RETR" ? content(r) : nullptr) *octets = replace_all(replace_all(*octets, " \r\n", "\r\n"), " \r\n", "\r\n");
         });
       }},
      {"tabs-are-blanks", "rfc1939/5/retr-sends-message", "sends a blank for each TAB of a body by RETR",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           auto* octets = c.keyword == "RETR" ? content(r) : nullptr;
           const auto body = octets ? octets->find("\r\n\r\n") : std::string::npos;
           if (body != std::string::npos) std::replace(octets->begin() + static_cast<std::ptrdiff_t>(body), octets->end(), '\t', ' ');
         });
       }},
      {"dele-moves-the-next", "rfc1939/5/numbers-stay-after-dele", "sends for the number behind a marked message the message behind that",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           const auto n = c.keyword == "RETR" && r.message ? pop3::parse_message_number(c.args[0]).value_or(0) : 0;
           const auto* next = s.slot(n + 1);
           if (n > 1 && s.slot(n - 1)->deleted && next && !next->deleted) r.message = next->message;
         });
       }},
      {"rset-shortens-list", "rfc1939/5/rset-unmarks", "leaves the last message out of LIST after RSET",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword == "RSET") s.counter = 1;
           if (auto* l = s.counter ? listing(c, r, "LIST") : nullptr; l && l->size() > 1) l->pop_back();
         });
       }},
      {"top-count-wraps", "rfc1939/7/top-sends-lines", "takes TOP's number of lines by its lowest 32 bits",
       [](Options& o) { o.faults.insert(Fault::top_count_wraps); }},
      {"stat-two-spaces", "rfc1939/5/stat-format", "puts two spaces between STAT's numbers",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (one_line(c, r, "STAT")) r.text = replace_all(r.text, " ", "  ");
         });
       }},
      {"stat-words", "rfc1939/5/stat-format", "answers STAT in words",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (one_line(c, r, "STAT")) r.text = replace_all(r.text, " ", " messages, ");
         });
       }},
      {"stat-hex", "rfc1939/5/stat-format", "counts octets in hexadecimal",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (one_line(c, r, "STAT")) r.text += "h";
         });
       }},
      {"stat-refused", "rfc1939/5/stat-positive", "refuses STAT of an empty maildrop",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (one_line(c, r, "STAT") && r.text == "0 0") r = Pop3Reply::bad("maildrop empty");
         });
       }},
      {"stat-counts-deleted", "rfc1939/5/stat-counts", "counts marked messages in STAT",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (one_line(c, r, "STAT")) r.text = std::to_string(s.slots().size()) + r.text.substr(r.text.find(' '));
         });
       }},
      {"stat-off-by-one", "rfc1939/5/stat-counts", "counts one message too many in STAT",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (one_line(c, r, "STAT"))
             r.text = std::to_string(parse_number(r.text.substr(0, r.text.find(' '))).value_or(0) + 1) + r.text.substr(r.text.find(' '));
         });
       }},
      {"stat-sum-off", "rfc1939/5/stat-sums", "says 7 octets too many in STAT",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (one_line(c, r, "STAT")) set_value(r.text, std::to_string(value_of(r.text) + 7));
         });
       }},
      {"list-refused", "rfc1939/5/list-positive", "refuses LIST of a maildrop with one message",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* l = listing(c, r, "LIST"); l && l->size() == 1) r = Pop3Reply::bad("no messages");
         });
       }},
      {"list-of-empty-refused", "rfc1939/5/list-of-empty-maildrop", "refuses LIST of an empty maildrop",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* l = listing(c, r, "LIST"); l && l->empty()) r = Pop3Reply::bad("no messages");
         });
       }},
      {"list-zero-line", "rfc1939/5/list-of-empty-maildrop", "lists message 0 in an empty maildrop",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* l = listing(c, r, "LIST"); l && l->empty()) l->push_back("0 0");
         });
       }},
      {"list-tabs", "rfc1939/5/scan-listing-format", "puts a tab between number and size",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* l = listing(c, r, "LIST"))
             for (auto& line : *l) line = replace_all(line, " ", "\t");
         });
       }},
      {"list-arg-size-only", "rfc1939/5/scan-listing-format", "gives only the size for LIST n",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (one_line(c, r, "LIST")) r.text = r.text.substr(r.text.find(' ') + 1);
         });
       }},
      {"list-negative-size", "rfc1939/5/scan-listing-format", "gives negative sizes",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* l = listing(c, r, "LIST"))
             for (auto& line : *l) set_value(line, "-1");
         });
       }},
      {"list-misses-last", "rfc1939/5/list-complete", "leaves the last message out of LIST",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* l = listing(c, r, "LIST"); l && l->size() > 1) l->pop_back();
         });
       }},
      {"list-twice", "rfc1939/5/list-complete", "lists the first message twice",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* l = listing(c, r, "LIST"); l && !l->empty()) l->push_back(l->front());
         });
       }},
      {"list-arg-ignored", "rfc1939/5/list-names-message", "answers LIST n for message 1",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (one_line(c, r, "LIST")) r.text = "1 " + std::to_string(s.slot(1)->size);
         });
       }},
      {"size-with-stuffing", "rfc1939/5/list-size-exact", "counts stuffed dots in LIST",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           resize(c, r, s, [](std::uint64_t was, const std::string& octets) {
             for (std::size_t at = 0; (at = octets.find("\r\n.", at)) != std::string::npos; ++at) ++was;
             return was;
           });
         });
       }},
      {"size-counts-lf", "rfc1939/5/list-size-exact", "counts line ends as one octet in LIST",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           resize(c, r, s, [](std::uint64_t was, const std::string& octets) { return was - static_cast<std::uint64_t>(std::ranges::count(octets, '\n')); });
         });
       }},
      {"beyond-maildrop-served", "rfc1939/5/no-such-message", "says +OK to DELE of a message beyond the maildrop",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword == "DELE" && negative(r) && is_beyond(c, s)) r = Pop3Reply::good("deleted");
         });
       }},
      {"beyond-maildrop-listed", "rfc1939/5/no-such-message", "answers LIST n beyond the maildrop with a size of 0",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword == "LIST" && negative(r) && is_beyond(c, s)) r = Pop3Reply::data(c.args[0] + " 0");
         });
       }},
      {"pop3-nonpositive-index", "rfc1939/5/malformed-number-refused", "takes what is no number for message 1",
       [](Options& o) { o.faults.insert(Fault::negative_is_first); }},
      {"deleted-served", "rfc1939/5/deleted-is-gone", "serves LIST n of a marked message",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           const auto n = c.keyword == "LIST" && c.args.size() == 1 ? pop3::parse_message_number(c.args[0]) : std::nullopt;
           if (n && negative(r) && s.slot(*n) && s.slot(*n)->deleted) r = Pop3Reply::data(c.args[0] + " " + std::to_string(s.slot(*n)->size));
         });
       }},
      {"retr-after-dele", "rfc1939/5/deleted-is-gone", "serves RETR of a marked message",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           const auto n = c.keyword == "RETR" && c.args.size() == 1 ? pop3::parse_message_number(c.args[0]) : std::nullopt;
           if (!n || !negative(r) || !s.slot(*n) || !s.slot(*n)->deleted) return;
           r = Pop3Reply::good("message follows");
           r.multi = true;
           r.message = s.slot(*n)->message;
         });
       }},
      {"dele-twice", "rfc1939/5/deleted-is-gone", "says +OK to DELE of a marked message",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword == "DELE" && negative(r) && c.args.size() == 1 && s.slot(parse_number(c.args[0]).value_or(0))) r = Pop3Reply::good("deleted");
         });
       }},
      {"dele-still-listed", "rfc1939/5/deleted-is-gone", "lists marked messages with size 0",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           auto* l = listing(c, r, "LIST");
           for (std::uint64_t n = 1; l && s.slot(n); ++n) {
             if (s.slot(n)->deleted) l->insert(l->begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(n - 1, l->size())), std::to_string(n) + " 0");
           }
         });
       }},
      {"uidl-lists-deleted", "rfc1939/5/deleted-is-gone", "lists marked messages in UIDL",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           auto* l = listing(c, r, "UIDL");
           if (!l) return;
           l->clear();
           for (std::uint64_t n = 1; s.slot(n); ++n) l->push_back(std::to_string(n) + " " + s.slot(n)->uid);
         });
       }},
      {"retr-drops-last-line", "rfc1939/5/retr-sends-message", "leaves the last line of messages out",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* t = of_retr(c, r); t && t->size() > 2) t->erase(t->rfind("\r\n", t->size() - 3) + 2);
         });
       }},
      {"retr-next-message", "rfc1939/5/retr-sends-message", "sends message n+1 for RETR n",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword == "RETR" && r.message)
             if (const auto* next = s.slot(parse_number(c.args[0]).value_or(0) + 1)) r.message = next->message;
         });
       }},
      {"retr-seven-bit", "rfc1939/5/retr-sends-message", "strips the eighth bit",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* t = of_retr(c, r))
             for (char& ch : *t) ch = static_cast<char>(ch & 0x7f);
         });
       }},
      {"retr-long-lines-cut", "rfc1939/5/retr-sends-message", "cuts lines at 512 octets",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           auto* t = of_retr(c, r);
           if (!t) return;
           std::string out;
           for (auto& line : split(*t, '\n')) out += line.size() > 512 ? line.substr(0, 512) + "\r\n" : line.empty() ? "" : line + "\n";
           *t = out;
         });
       }},
      {"retr-loses-spaces", "rfc1939/5/retr-sends-message", "takes blanks at the start of lines away",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* t = of_retr(c, r)) *t = replace_all(*t, "\r\n .", "\r\n.");
         });
       }},
      {"retr-changes", "rfc1939/5/retr-same-octets", "adds a header field from the second time on",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           auto* t = of_retr(c, r);
           if (!t) return;
           const auto number = " " + c.args[0] + ",";
           if (s.memory.find(number) == std::string::npos) s.memory += number;
           else *t = "X-Count: " + std::to_string(++s.counter) + "\r\n" + *t;
         });
       }},
      {"retr-always-changes", "rfc1939/5/retr-same-octets", "adds another header field each time",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (auto* t = of_retr(c, r)) t->insert(0, "X-Count: " + std::to_string(++s.counter % 10) + "\r\n");
         });
       }},
      {"retr-marks", "rfc1939/5/retr-marks-nothing", "marks what was retrieved", [](Options& o) { o.faults.insert(Fault::retr_marks); }},
      {"dele-refused", "rfc1939/5/dele-accepts", "refuses DELE of the last message",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (c.keyword == "DELE" && positive(r) && c.args[0] == std::to_string(s.slots().size())) r = Pop3Reply::bad("not that one");
         });
       }},
      {"dele-forgets", "rfc1939/5/dele-marks", "still counts and lists what was marked", [](Options& o) { o.faults.insert(Fault::dele_forgets); }},
      {"renumber-after-dele", "rfc1939/5/numbers-stay-after-dele", "numbers the messages anew after DELE",
       [](Options& o) { o.faults.insert(Fault::renumber_after_dele); }},
      {"noop-refused", "rfc1939/5/noop-positive", "refuses NOOP",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "NOOP") r = Pop3Reply::bad("why?");
         });
       }},
      {"rset-refused", "rfc1939/5/rset-positive", "refuses RSET when nothing is marked",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "RSET" && c.args.empty()) r = Pop3Reply::bad("nothing to reset");
         });
       }},
      {"rset-keeps-marks", "rfc1939/5/rset-unmarks", "leaves the marks at RSET", [](Options& o) { o.faults.insert(Fault::rset_keeps_marks); }},
      {"rset-removes", "rfc1939/5/rset-unmarks", "removes the marked messages at RSET", [](Options& o) { o.faults.insert(Fault::rset_removes); }},
      {"numbers-from-zero", "rfc1939/4/numbers-from-one", "numbers messages from 0 in UIDL",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* l = listing(c, r, "UIDL"))
             for (auto& line : *l) line = std::to_string(parse_number(line.substr(0, line.find(' '))).value_or(1) - 1) + line.substr(line.find(' '));
         });
       }},
      {"size-changes", "rfc1939/4/view-stays", "says another size for LIST n than in LIST",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (one_line(c, r, "LIST")) set_value(r.text, std::to_string(value_of(r.text) + 2));
         });
       }},
      {"snapshot-moves", "rfc1939/4/view-stays", "counts mail that arrives during a session", [](Options& o) { o.faults.insert(Fault::snapshot_moves); }},
      {"dele-at-once", "rfc1939/6/no-quit-no-removal", "removes a message at DELE", [](Options& o) { o.faults.insert(Fault::dele_at_once); }},
      {"top-one-line-more", "rfc1939/7/top-sends-lines", "sends one line too many in TOP",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "TOP" && r.body_lines < 1000) ++r.body_lines;
         });
       }},
      {"top-counts-from-header", "rfc1939/7/top-sends-lines", "counts TOP's lines from the start of the header",
       [](Options& o) { o.faults.insert(Fault::top_counts_from_header); }},
      {"top-zero-is-one", "rfc1939/7/top-sends-lines", "sends a line for TOP n 0",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "TOP" && r.body_lines == 0) r.body_lines = 1;
         });
       }},
      {"top-drops-empty-line", "rfc1939/7/top-sends-lines", "leaves the empty line out of TOP n 0",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "TOP" && r.body_lines == 0)
             if (auto* t = content(r)) t->erase(t->size() - 2);
         });
       }},
      {"top-adds-field",
       "rfc1939/7/top-agrees-with-retr",
       "adds a header field in TOP",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "TOP")
             if (auto* t = content(r)) *t = "X-Top: yes\r\n" + *t;
         });
       },
       {{"rfc1939/7/top-as-imap-header",
         "After the initial +OK, the POP3 server sends the headers of the message, the blank line separating the headers from the body, and then the number "
         "of lines of the indicated message's body"}}},
      {"top-huge-hangs", "rfc1939/7/top-huge-count", "does not answer a line count beyond 64 bits",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (c.keyword == "TOP" && r.multi && c.args.size() == 2 && !parse_number(c.args[1])) r = Pop3Reply::none();
         });
       }},
      {"uidl-arg-no-number", "rfc1939/7/uidl-format", "leaves the number out of UIDL n",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (one_line(c, r, "UIDL")) r.text = r.text.substr(r.text.find(' ') + 1);
         });
       }},
      {"uidl-many-spaces", "rfc1939/7/uidl-format", "puts several spaces before the unique-id",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* l = listing(c, r, "UIDL"))
             for (auto& line : *l) line = replace_all(line, " ", "   ");
         });
       }},
      {"uidl-trailing", "rfc1939/7/uidl-format", "adds the size after the unique-id",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* l = listing(c, r, "UIDL"))
             for (auto& line : *l) line += " 120";
         });
       }},
      {"uidl-71-characters", "rfc1939/7/uidl-characters", "has unique-ids of 71 characters",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* l = listing(c, r, "UIDL"))
             for (auto& line : *l) {
               auto uid = line.substr(line.find(' ') + 1);
               uid.resize(71, 'u');
               set_value(line, uid);
             }
         });
       }},
      {"uidl-eight-bit", "rfc1939/7/uidl-characters", "has 8-bit octets in unique-ids",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* l = listing(c, r, "UIDL"))
             for (auto& line : *l) line += "\xE9";
         });
       }},
      {"uidl-wrong-message", "rfc1939/7/uidl-names-message", "answers UIDL n for message 1",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session& s) {
           if (one_line(c, r, "UIDL")) r.text = "1 " + s.slot(1)->uid;
         });
       }},
      {"uidl-misses-last", "rfc1939/7/uidl-complete", "leaves the last message out of UIDL",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* l = listing(c, r, "UIDL"); l && l->size() > 1) l->pop_back();
         });
       }},
      {"uidl-same", "rfc1939/7/uidl-unique", "gives all messages one unique-id",
       [](Options& o) {
         rewrite_pop3(o, [](const Pop3Command& c, Pop3Reply& r, Pop3Session&) {
           if (auto* l = listing(c, r, "UIDL"))
             for (auto& line : *l) set_value(line, "same");
         });
       }},
      {"uidl-per-session", "rfc1939/7/uidl-persists", "makes new unique-ids in each session", [](Options& o) { o.faults.insert(Fault::uid_per_session); }},
      {"uidl-lost-on-drop", "rfc1939/7/uidl-persists-without-update", "changes unique-ids when a session is dropped",
       [](Options& o) { o.faults.insert(Fault::uid_lost_on_drop); }},
      {"uidl-is-number", "rfc1939/7/uidl-stays-after-removal", "uses the message-number as the unique-id",
       [](Options& o) { o.faults.insert(Fault::uid_renumbers); }},
      {"pop3-uid-reuse", "rfc1939/7/uidl-not-reused", "uses unique-ids again after a removal", [](Options& o) { o.faults.insert(Fault::pop3_uid_reused); }},
  };
}

}  // namespace mailspec::reference
