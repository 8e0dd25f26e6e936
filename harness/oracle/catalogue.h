// The catalogue of requirements: what the RFCs ask of a server, record by record, and the ledger of their sentences.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace mailspec::oracle {

enum class Level { must, should, may };
const char* name_of(Level level);

struct Requirement {
  std::string id;  // "rfc1939/5/stat-format"
  Level level = Level::must;
  bool implied = false;  // the RFC states it without the words of RFC 2119
  std::string says;      // own words; the subject is the server
  struct Also {
    std::string section;  // "rfc6856/2.1"
    Level level = Level::must;
  };
  std::vector<Also> also;
  std::string doubt;   // a known ambiguity: at most a warning
  std::string ruling;  // where RULINGS.md says how the suite reads it; "" if it does not
  // What breaking it means to those who run the server: RFCs tell of protocols, not of attacks.
  enum class Severity { none, low, medium, high, critical } severity = Severity::none;
  std::string danger;  // the class of weakness (CWE, CVE), and what an attacker has of it
  std::string remedy;  // what the server's makers do about it
  std::string erratum;
  std::string gone;  // withdrawn, and why
  enum class Sight { testable, client, unobservable, remark } sight = Sight::testable;
  std::string why;                     // for sights other than testable
  std::vector<std::string> sentences;  // fingerprints
  std::vector<std::string> rests;      // ids: where one of these is broken, this cannot be judged
  std::vector<std::string> forms;      // of commands, "UID SEARCH" or "FETCH FLAGS": this requirement says that they work
  std::string file;
  int line = 0;

  bool security() const { return severity != Severity::none; }
  std::string document() const { return id.substr(0, id.find('/')); }
  std::string section() const;  // "5" of rfc1939/5/stat-format
  // A should, or anything in doubt, cannot fail a server.
  bool can_fail() const { return level == Level::must && doubt.empty(); }
  // The same under IMAP4rev1, where RFC 3501 or an extension may give the rule another level.
  bool can_fail(int revision) const;
  // Under IMAP4rev1 the authority for a rule of RFC 9051 is RFC 3501, or the extension it was taken from; nullptr where neither has it.
  const Also* under_rev1() const;
};

const char* name_of(Requirement::Severity severity);
std::optional<Requirement::Severity> parse_severity(std::string_view word);  // any but none

// One row of a ledger rfcNNNN.sentences: a normative sentence to be accounted for.
struct Sentence {
  std::string document, fingerprint, section, classes;
  bool open = false;  // its ledger is not closed yet: `open: why` stands in the file
};

class Catalogue {
 public:
  // Adds the records of one .req file. Errors name file and line.
  Status add(std::string_view file, std::string_view text);
  Status add_sentences(std::string_view file, std::string_view text);

  // Takes a record out, as if nobody had written it. What rests on it does so no longer, and sentences that it alone answers for go, too.
  void remove(const std::string& id);
  // Takes a document out: its records, its ledger, and what records of other documents say of it.
  void remove_document(const std::string& document);

  // Says where the ruling on a record is; nothing happens if there is no such record.
  void refer(std::string_view id, const std::string& ruling);

  const Requirement* find(std::string_view id) const;
  const std::map<std::string, Requirement, std::less<>>& all() const { return x_all; }
  const std::vector<Sentence>& sentences() const { return x_sentences; }
  std::vector<std::string> ids() const;
  // Sentences no record accounts for, and fingerprints no ledger knows.
  std::vector<std::string> ledger_errors() const;
  // Records that stand in another file than that of their document: where they stand, and where they belong.
  std::vector<std::string> misplaced() const;

 private:
  std::map<std::string, Requirement, std::less<>> x_all;
  std::vector<Sentence> x_sentences;
};

}  // namespace mailspec::oracle
