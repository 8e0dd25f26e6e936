// Which deviations can matter to a dialogue, found out without a run for each: a plain server notes which of its faults it has asked about, and which
// hooks would have changed a response or a command. The server is deterministic. Where a deviation does neither, a server that has it sends the same octets.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "reference_server/deviations/faults.h"

namespace mailspec::reference {

struct Options;

namespace imap {
struct Command;
struct Response;
class Session;
}  // namespace imap

namespace pop3 {
struct Command;
struct Reply;
class Session;
}  // namespace pop3

class Scout {
 public:
  // What a session keeps for the hooks of one deviation, apart from those of the others.
  struct Memory {
    int counter = 0;
    std::string memory;
  };
  using Memories = std::map<std::size_t, Memory>;

  // `of` are servers with one deviation each; they outlive the scout.
  explicit Scout(const std::vector<const Options*>& of) : x_of(of) {}

  // The scout of this thread, or nullptr. There is at most one at a time.
  static Scout* current();
  static void set_current(Scout* scout);

  void asked(Fault fault) { x_asked.insert(fault); }
  void asked(Fault fault, std::string_view of) { x_asked.insert(fault, std::string(of)); }
  void sees(const imap::Command& command);  // as it was read
  void sees(const imap::Command& command, const imap::Response& response, imap::Session& session);
  void sees(const pop3::Command& command, const pop3::Reply& reply, pop3::Session& session);

  // The servers, by index, which would have sent something else since the last call, or might have.
  std::set<std::size_t> take();

 private:
  template <class Command, class Response, class Session, class HooksOf>
  void try_hooks(const Command& command, const Response& response, Session& session, HooksOf hooks_of);

  const std::vector<const Options*>& x_of;
  Faults x_asked;
  std::set<std::size_t> x_fired;
};

// Does the server differ from a plain one by faults and hooks alone? A scout can follow no other difference.
bool can_be_scouted(const Options& options);

// Names of choices, of which a server asks whether they are in force.
class Names {
 public:
  void insert(std::string name) { x_names.insert(std::move(name)); }
  bool has(std::string_view name) const { return !x_names.empty() && x_names.contains(name); }
  // Of those that are one for each of what they are of.
  bool has(std::string_view name, std::string_view of) const { return !x_names.empty() && has(std::string(name) + std::string(of)); }
  const std::set<std::string, std::less<>>& all() const { return x_names; }

 private:
  std::set<std::string, std::less<>> x_names;
};

}  // namespace mailspec::reference
