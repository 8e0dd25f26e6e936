// The faults of state that a reference server can be given: those that a rewrite of one response cannot make.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace mailspec::reference {

// faults.inc is the one list, of both protocols.
enum class Fault : std::uint16_t {
#define FAULT(name) name,
#include "reference_server/deviations/faults.inc"
#undef FAULT
  count
};

// As in faults.inc, with "-" for "_": what MAILSPEC_PLANT calls it.
std::string_view name_of(Fault fault);

// Which of them a server has. Only deviations put any in.
class Faults {
 public:
  void insert(Fault fault) { x_whole.set(static_cast<std::size_t>(fault)); }
  // Of those that are one for each of what they are of: a command, a form, a flag.
  void insert(Fault fault, std::string of) { x_parts[fault].insert(std::move(of)); }

  // Asked where the server would differ. The Scout of this thread notes each question.
  bool has(Fault fault) const;
  bool has(Fault fault, std::string_view of) const;

  bool empty() const { return x_whole.none() && x_parts.empty(); }

 private:
  friend class Scout;

  std::bitset<static_cast<std::size_t>(Fault::count)> x_whole;
  std::map<Fault, std::set<std::string, std::less<>>> x_parts;
};

}  // namespace mailspec::reference
