// Families "framing" and "state" of IMAP: octets, tags, literals, names, and what is told when.
#include <algorithm>
#include <string>
#include <utility>

#include "harness/base/ascii.h"
#include "reference_server/deviations/areas.h"
#include "reference_server/deviations/imap_rewrite.h"

namespace mailspec::reference {

std::vector<Switch> imap_protocol_deviations() {
  return {
      {"imap-not-offered-unanswered", "rfc9051/2.2.2/tagged-once", "has no MOVE, and does not answer it",
       [](Options& o) {
         o.imap.extensions.remove(imap::Extension::move);
         o.faults.insert(Fault::not_offered_unanswered);
       }},
      {"imap-not-offered-ends", "rfc9051/3.4/bye-before-close", "has no MOVE, and ends the session without BYE where it is given",
       [](Options& o) {
         o.imap.extensions.remove(imap::Extension::move);
         o.faults.insert(Fault::not_offered_ends);
       }},
      {"imap-lf-only", "rfc9051/2.2/framing", "ends tagged responses in LF alone",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.tagged()) r.line_end = "\n";
         });
       }},
      {"imap-nul-in-text", "rfc9051/2.2/framing", "puts a NUL into the text of tagged responses",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.tagged()) r.text += std::string(1, '\0');
         });
       }},
      {"imap-bare-cr", "rfc9051/2.2/framing", "puts a bare CR into untagged responses",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (!r.tagged() && r.is("OK") && (c.name == "SELECT" || c.name == "EXAMINE")) r.text += "\r.";
         });
       }},
      {"imap-tag-reuse-refused", "rfc9051/2.2.1/tag-reuse", "refuses a tag it has seen before",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession& s) {
           if (!r.tagged()) return;
           if (s.memory.find(" " + r.tag + " ") != std::string::npos) r.keyword = "BAD";
           s.memory += " " + r.tag + " ";
         });
       }},
      {"imap-syntax-ok",
       "rfc9051/2.2.2/syntax-bad",
       "says OK to what it cannot read, but for what other sentences want BAD for",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "(syntax)" && (r.reason == imap::Reason::none || r.reason == imap::Reason::unknown_search_key)) r.keyword = "OK";
         });
       },
       {{"rfc9051/6.3.3/examine-read-only", "The text of the tagged OK response to the EXAMINE command MUST begin with the \"[READ-ONLY]\" response code."},
        {"rfc9051/6.4.4/search-response-required", "The SEARCH response occurs as a result of a SEARCH or UID SEARCH command."}}},
      {"imap-syntax-closes",
       "rfc9051/2.2.2/syntax-bad",
       "answers nothing to what it cannot read",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "(syntax)") r.drop = true;
         });
       },
       {},
       "each syntax error ends its session, and after forty commands without an answer the run ends"},
      {"imap-tagged-twice", "rfc9051/2.2.2/tagged-once", "answers NOOP twice",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.tagged() && c.name == "NOOP") {
             auto again = r;
             r.after.push_back(again);
           }
         });
       }},
      {"imap-tag-upper-case",
       "rfc9051/2.2.2/tag-of-command",
       "answers with the tag in upper case",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.tagged()) r.tag = upper(r.tag);
         });
       },
       {},
       "no response bears the tag of its command"},
      {"imap-tag-cut",
       "rfc9051/2.2.2/tag-of-command",
       "answers with the first character of the tag",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.tagged() && r.tag.size() > 1) r.tag.resize(1);
         });
       },
       {},
       "no response bears the tag of its command"},
      {"imap-wrong-state-ok", "rfc9051/3/wrong-state", "says OK to commands in the wrong state",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.reason == imap::Reason::wrong_state) r.keyword = "OK";
         });
       }},
      {"imap-login-twice", "rfc9051/3/wrong-state", "takes LOGIN in any state", [](Options& o) { o.faults.insert(Fault::login_twice); }},
      {"imap-no-bye", "rfc9051/3.4/bye-before-close", "closes without BYE when the timer expires",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.is("BYE") && c.name != "LOGOUT") r.drop = true;
         });
       }},
      {"imap-literal-short",
       "rfc9051/4.3/literal-octets",
       "announces literals one octet too short",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           literals(r, [](Node& n) { n = Node::atom("{" + std::to_string(n.text.size() - 1) + "}\r\n" + n.text); });
         });
       },
       {},
       "what is fetched as a literal puts its connection out of step"},
      {"imap-literal-long",
       "rfc9051/4.3/literal-octets",
       "announces literals one octet too long",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           literals(r, [](Node& n) { n = Node::atom("{" + std::to_string(n.text.size() + 1) + "}\r\n" + n.text); });
         });
       },
       {},
       "what is fetched as a literal puts its connection out of step"},
      {"imap-literal-plus-sent",
       "rfc9051/4.3/no-non-synchronizing-from-server",
       "sends non-synchronizing literals",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           literals(r, [](Node& n) { n = Node::atom("{" + std::to_string(n.text.size()) + "+}\r\n" + n.text); });
         });
       },
       {},
       "what is fetched as a literal puts its connection out of step"},
      {"imap-no-continuation",
       "rfc9051/4.3/literal-continued",
       "does not ask for literals",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.kind == imap::Response::Kind::continuation && c.name.empty()) r.drop = true;
         });
       },
       {},
       "no literal of a client gets through"},
      {"imap-literal-other-name", "rfc9051/4.3/string-forms", "takes a name as a literal for another name",
       [](Options& o) { o.faults.insert(Fault::literal_is_other_name); }},
      {"imap-inbox-case", "rfc9051/5.1/inbox-any-case", "knows INBOX in upper case only", [](Options& o) { o.faults.insert(Fault::inbox_case); }},
      {"imap-list-name-unescaped", "rfc9051/9/escapes", "does not escape quotes and backslashes in LIST",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && r.data.size() > 2) r.data[2] = Node::atom("\"" + r.data[2].text + "\"");
         });
       }},
      {"imap-status-name-upper", "rfc9051/5.1/names-kept", "writes names in STATUS in upper case",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("STATUS")) r.data[0].text = upper(r.data[0].text);
         });
       }},
      {"imap-list-name-cut", "rfc9051/5.1/names-kept", "cuts names in LIST at a space",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.is("LIST") && r.data.size() > 2) r.data[2].text = r.data[2].text.substr(0, r.data[2].text.find(' '));
         });
       }},
      {"imap-rev2-utf7", "rfc9051/5.1/utf8-names", "writes modified UTF-7 under IMAP4rev2", [](Options& o) { o.faults.insert(Fault::utf7_under_rev2); }},
      {"imap-rev1-utf8", "rfc3501/5.1.3/modified-utf7", "writes names in UTF-8 under IMAP4rev1", [](Options& o) { o.faults.insert(Fault::name_in_utf8); }},
      {"imap-exists-untold", "rfc9051/5.2/size-update", "does not tell of new messages", [](Options& o) { o.faults.insert(Fault::new_never_told); }},
      {"imap-flags-untold", "rfc9051/5.2/flags-update", "does not tell of flags that others change", [](Options& o) { o.faults.insert(Fault::flags_untold); }},
      {"imap-autologout-10", "rfc9051/5.4/autologout-30-minutes", "ends a session after 10 minutes", [](Options& o) { o.imap.autologout = 600; }},
      {"imap-pipeline-drops",
       "rfc9051/5.5/pipelining",
       "forgets what was sent ahead",
       [](Options& o) { o.faults.insert(Fault::imap_pipeline_drops); },
       {{"rfc9051/2.2/any-cut", "All interactions transmitted by client and server are in the form of lines, that is, strings that end with a CRLF."}}},
      {"imap-case-sensitive", "rfc9051/9/keywords-any-case", "wants commands in upper case", [](Options& o) { o.faults.insert(Fault::imap_case_sensitive); }},
      {"imap-greeting-unknown",
       "rfc9051/7.1/greeting",
       "greets with a word of its own",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (c.name == "(greeting)") r.keyword = "HELLO";
         });
       },
       {},
       "no session of IMAP is greeted"},
      {"imap-unbalanced", "rfc9051/7/untagged-grammar", "sends untagged data whose parentheses are not balanced",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.tagged() && c.name == "NOOP") {
             imap::Response x;
             x.raw = "* XDATA (one (two)";
             r.before.push_back(x);
           }
         });
       }},
      {"imap-status-no-space", "rfc9051/7.1/status-grammar", "leaves out the space after a response code",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.tagged() && !r.code.empty()) r.raw = r.tag + " " + r.keyword + " [" + r.code + "]";
         });
       }},
      {"imap-bare-ok", "rfc9051/7.1/status-grammar", "says OK without a space and a text",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.tagged() && c.name == "NOOP") r.text.clear(), r.code.clear();
         });
       }},
      {"imap-preauth-at-noop", "rfc9051/7.1/status-grammar", "says PREAUTH when it greets nobody",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.tagged() && c.name == "NOOP") r.raw = "* PREAUTH as before\r\n" + r.tag + " OK done";
         });
       }},
      {"imap-uidnext-not-number", "rfc9051/7.1/status-grammar", "writes UIDNEXT in quotes",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "UIDNEXT") r.code_data[0] = Node::str(r.code_data[0].text);
         });
       }},
      {"imap-plus-no-space", "rfc9051/7.6/continuation-grammar", "leaves out the space after \"+\"",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.kind == imap::Response::Kind::continuation) r.raw = "+" + (r.text.empty() ? std::string("x") : r.text);
         });
       }},
      {"imap-permanentflags-recent", "rfc9051/7.1/status-grammar", "lists \\Recent in PERMANENTFLAGS",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand&, ImapResponse& r, ImapSession&) {
           if (r.code == "PERMANENTFLAGS") r.code_data[0].items.push_back(Node::atom("\\Recent"));
         });
       }},
      {"imap-trycreate-in-ok", "rfc9051/7.1/trycreate-in-no", "puts [TRYCREATE] into an OK",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.tagged() && r.keyword == "OK" && c.name == "NOOP") r.code = "TRYCREATE";
         });
       }},
      {"imap-trycreate-for-select", "rfc9051/7.1/trycreate-in-no", "puts [TRYCREATE] into the NO to SELECT",
       [](Options& o) {
         rewrite_imap(o, [](const ImapCommand& c, ImapResponse& r, ImapSession&) {
           if (r.tagged() && r.keyword == "NO" && c.name == "SELECT") r.code = "TRYCREATE", r.code_data.clear();
         });
       }},
      {"imap-autologout-not-reset", "rfc9051/5.4/autologout-reset", "counts the autologout time from the login",
       [](Options& o) { o.faults.insert(Fault::imap_autologout_not_reset); }},
      {"imap-preauth-in-clear",
       "rfc9051/7.1.4/preauth-protected",
       "greets with PREAUTH in clear",
       [](Options& o) { o.faults.insert(Fault::preauth_in_clear); },
       {},
       "who is greeted as logged in cannot log in: the login has no check"},
  };
}

}  // namespace mailspec::reference
