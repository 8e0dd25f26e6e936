// One IMAP session, sans I/O. RFC 3501 and RFC 9051, and the extensions ImapOptions names.
//
// A session sees a mailbox through a view: the messages in the order the client counts them, with what it has been told of each. At points
// where the RFCs allow it `sync` compares view and mailbox, and tells: EXPUNGE, EXISTS, FETCH.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/planted.h"
#include "reference_server/imap/command.h"
#include "reference_server/imap/commands.h"
#include "reference_server/imap/response.h"
#include "reference_server/imap/view.h"
#include "reference_server/mime/message.h"
#include "reference_server/net/protocol_session.h"
#include "reference_server/policy/imap_policies.h"
#include "reference_server/sasl/exchange.h"
#include "reference_server/store/maildrop.h"

namespace mailspec::reference::imap {

enum class State { not_authenticated, authenticated, selected, logout };

class Session : public ProtocolSession {
 public:
  Session(Store& store, const Options& options, bool tls, std::string nonce, double now);
  ~Session() override;

  void feed(std::string_view octets, double now) override;
  void tick(double now) override;
  std::string output(std::size_t max) override;
  void disconnected() override;
  bool wants_close() const override { return x_close && x_out.empty() && x_now >= x_open_until; }
  bool wants_tls() const override { return x_start_tls && x_out.empty(); }
  void tls_started(double now) override;
  const Options& options() const override { return x_options; }
  bool in_exchange() const override { return x_authenticating.has_value(); }

  // For hooks.
  State state() const { return x_state; }
  const View& view() const { return x_view; }
  bool tls() const { return x_tls; }
  bool rev2() const { return x_rev2; }
  // Is it offered, or part of IMAP4rev2 while that is in force?
  bool has(Extension e) const { return in_force(o().offered(), x_rev2).has(e); }
  Account* account() const { return x_account; }
  Store& whole_store() const { return x_store; }
  double now() const { return x_now; }
  int bads() const { return x_bads; }
  int refused_logins() const { return x_refused_logins; }
  bool logged_in() const { return x_counted; }
  int counter = 0;  // free for a hook that must tell one call from the next
  std::string memory;
  Scout::Memories scouted;  // the same, while a Scout tries the hooks of many

  // For the handlers of commands.
  const ImapOptions& o() const { return x_options.imap; }
  bool fault(Fault f) const { return x_options.fault(f) || planted(name_of(f)); }
  bool choice(std::string_view name) const { return o().choice(name); }
  // Of faults that are one for each `what`.
  bool fault(Fault f, std::string_view what) const { return x_options.faults.has(f, what); }
  void untagged(std::string keyword, std::vector<Node> data = {});
  void untagged_number(std::uint64_t n, std::string keyword);
  void untagged_ok(std::string code, std::vector<Node> data, std::string text);
  void ok(const Head& c, std::string code = {}, std::vector<Node> code_data = {});
  void no(const Head& c, std::string text, std::string code = {});
  void bad(const Head& c, std::string text, Reason reason = Reason::none);
  Node separator() const;
  void enable_rev2() { x_rev2 = true; }

  // The handlers, which commands.cc and ext/ list.
  void append(const Head& c, const AppendArguments& a);
  void authenticate(const Head& c, const AuthenticateArguments& a);
  void capability(const Head& c);
  void close(const Head& c);
  void copy(const Head& c, const CopyArguments& a);
  void create(const Head& c, const CreateArguments& a);
  void expunge(const Head& c);
  void fetch(const Head& c, const FetchArguments& a);
  void idle(const Head& c);
  void list(const Head& c, const ListArguments& a);
  void login(const Head& c, const LoginArguments& a);
  void logout(const Head& c);
  void lsub(const Head& c, const LsubArguments& a);
  void remove(const Head& c, const MailboxArguments& a);
  void rename(const Head& c, const RenameArguments& a);
  void search(const Head& c, const SearchArguments& a);
  void select(const Head& c, const MailboxArguments& a);
  void starttls(const Head& c);
  void status(const Head& c, const StatusArguments& a);
  void store(const Head& c, const StoreArguments& a);
  void subscribe(const Head& c, const MailboxArguments& a);
  void uid_expunge(const Head& c, const SetArguments& a);

 private:
  Writing writing() const { return {x_rev2, o().literals_for_strings, o().lower_case}; }

  // session.cc: framing and dispatch
  void process();
  void process_lines();
  std::string_view take_octets(std::uint64_t& left);
  bool pass_refused_literal();
  bool take_literal();
  bool take_line(std::string& line);
  void line_came(const std::string& line);
  void pass_rest(const std::string& line);
  void refuse_overlong();
  void end_idle(const std::string& line);
  std::uint64_t literal_room() const;
  bool begin_literal(const LiteralMark& mark);
  void refuse_literal(const LiteralMark& mark);
  void command_came();
  void handle(const std::string& octets);
  void refuse(const Refusal& refusal);
  void carry_out(const Command& c);
  bool allowed(const Head& c, const CommandRow& row);
  Reading reading() const;
  // Does this as a part of `c`.
  template <class Act>
  void within(const Command& c, Act act) {
    const auto* before = std::exchange(x_current, &c);
    act();
    x_current = before;
  }
  void emit(Response r);
  void done(const Head& c, std::string keyword, std::string text, std::string code = {}, std::vector<Node> code_data = {}, Reason reason = Reason::none);
  void ask(std::string text);
  void end(std::string why);
  void end_if_deleted();
  void end_if_taken_over();
  std::string why_in_use(const Mailbox& box) const;
  void select_if_free();
  void greet();
  // What has happened to the mailbox since the client was last told.
  void sync(bool expunges);
  bool tell_expunged(bool allowed);
  void tell_new();
  void tell_flags();
  void tell_flags_of(std::size_t index, const StoredMessage& m, bool with_uid);
  void reselect();
  void expunge_deleted();
  void leave_by(std::string_view way);                      // what becomes of messages and flags then; `way` as LeavingPolicy has it
  bool in_use() const { return x_view.box->sessions > 1; }  // by another session, too
  void leave();                                             // the selected mailbox
  bool tells_expunges(const Head& c) const;

  // cmd_login.cc
  std::vector<std::string> capabilities() const;
  void login_failed(const Head& c);
  void sasl_step(const std::string& line);
  void conclude(const Head& c, const Exchange::Step& step);
  void logged_in(const Head& c, Account& account);
  void enter(Account& account);

  // cmd_mailbox.cc
  std::optional<std::string> name_in(const std::string& written) const;
  Node name_out(const std::string& name) const;
  bool valid_name(const std::string& name) const;
  void tell_normalized();
  std::vector<Node> known_flags() const;
  void tell_selected_sizes(std::size_t recent, std::uint64_t first_unseen);
  void tell_selected_codes();
  void make_levels(const Head& c, const std::string& name, bool selectable);
  bool forbids_children(const std::string& name) const;
  bool has_forbidding_level(const std::string& name) const;
  std::string as_there(std::string name) const;
  Node status_data(Mailbox& box, const std::vector<std::string>& items);

  // cmd_list.cc
  using ListedNames = std::map<std::string, bool>;  // false: not in its own right, but as a level above another
  ListedNames selection_of(const ListArguments& a) const;
  ListedNames with_levels(const ListArguments& a, const ListedNames& names) const;
  bool matches_pattern(const std::string& pattern, const std::string& name) const;
  bool has_selected_child(const std::string& name, const ListedNames& selection, const std::vector<std::string>& patterns) const;
  void tell_listed(const ListArguments& a, const std::string& name, bool childinfo);
  std::vector<Node> attributes(const std::string& name, bool children) const;

  // cmd_fetch.cc
  bool set_seen(const FetchArguments& asked, const StoredMessage& m);
  std::vector<Node> fetched(const FetchArguments& asked, const Slot& slot, const StoredMessage& m);
  bool tells_uid(const Head& c) const;
  void tell_fetched(std::size_t index, std::vector<Node> items);
  void fetch_one(const Head& c, const FetchArguments& asked, std::size_t index, const StoredMessage& m);
  Node fetch_item(const FetchAtt& a, const StoredMessage& m, const std::optional<mime::Part>& part, std::string& name, bool& unknown_cte);
  Node flags_of(const Slot& slot, const StoredMessage& m) const;
  // cmd_message.cc
  std::set<std::string> kept_of(const std::vector<std::string>& given, const Mailbox& box) const;
  void remove_deleted(const Head& c, const Set* uids);
  // cmd_search.cc
  bool matches(const SearchKey& k, std::size_t index, const StoredMessage& m) const;

  // Indexes into the view. `bad` is set for numbers no message has.
  std::vector<std::size_t> resolve(const Set& set, bool uid, bool& bad) const;
  StoredMessage* message(std::size_t index);
  const StoredMessage* message(std::size_t index) const;

  Store& x_store;
  const Options& x_options;
  State x_state = State::not_authenticated;
  bool x_tls, x_rev2 = false;
  std::string x_nonce;
  double x_now, x_last_command;
  double x_silent_until = 0, x_open_until = 0, x_said_at = 0;
  std::string x_in, x_out;
  std::size_t x_at = 0;              // octets of x_in that are dealt with
  std::size_t x_sent = 0;            // octets of x_out
  std::string x_command;             // so far, with literals
  std::uint64_t x_literal_left = 0;  // still to come
  bool x_in_literal = false;
  std::uint64_t x_serial = 0;  // of this session
  std::uint64_t x_skip = 0;    // octets of a refused non-synchronising literal
  bool x_skip_rest = false;    // then the rest of its command
  bool x_overlong = false;
  bool x_lf_due = false;  // a line was taken at its CR
  bool x_close = false, x_start_tls = false;
  std::optional<Command> x_idling;
  std::optional<Command> x_authenticating;
  std::optional<Command> x_waiting;  // a SELECT of what another session holds
  std::unique_ptr<Exchange> x_exchange;
  bool x_unknown_cte = false;
  Account* x_account = nullptr;
  View x_view;
  Policies x_policy;
  const Command* x_current = nullptr;  // what is told now is told with it
  bool x_counted = false;              // among the account's sessions
  int x_bads = 0, x_refused_logins = 0;
};

Node envelope_of(const mime::Part& message);
Node body_structure(const mime::Part& part, bool extensible, bool join);

}  // namespace mailspec::reference::imap
