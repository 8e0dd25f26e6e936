#include "harness/oracle/trace.h"

#include <algorithm>

#include "harness/base/ascii.h"

namespace mailspec::oracle {

bool Trace::offers(std::string_view tag) const {
  return std::ranges::any_of(offered, [&](const std::string& t) { return iequals(t, tag); });
}

const char* name_of(Event::Kind kind) {
  switch (kind) {
    case Event::Kind::connect: return "connect";
    case Event::Kind::tls: return "tls";
    case Event::Kind::sent: return "sent";
    case Event::Kind::received: return "received";
    case Event::Kind::unasked: return "unasked";
    case Event::Kind::closed: return "closed";
    case Event::Kind::dropped: return "dropped";
    case Event::Kind::hang: return "hang";
    case Event::Kind::delivered: return "delivered";
    case Event::Kind::prepared: return "prepared";
  }
  return "?";
}

}  // namespace mailspec::oracle
