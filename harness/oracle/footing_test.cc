#include "harness/oracle/footing.h"

#include <gtest/gtest.h>

namespace mailspec::oracle {
namespace {

Event sent(const std::string& line) {
  Event e;
  e.kind = Event::Kind::sent;
  e.imap = true;
  e.imap_command = imap::parse_command(line);
  return e;
}

Event tagged(const std::string& tag, const std::string& keyword) {
  Event e;
  e.kind = Event::Kind::received;
  e.imap = true;
  e.imap_response.kind = imap::Response::Kind::tagged;
  e.imap_response.tag = tag;
  e.imap_response.keyword = keyword;
  return e;
}

TEST(Footing, ATaggedResponseIsOfTheCommandWithItsTag) {
  Trace trace;
  trace.events = {sent("a1 STORE 1 +FLAGS (\\Seen)"), sent("a2 NOOP"), tagged("a1", "NO")};
  const auto f = footing_of(trace, 2, "", false);
  EXPECT_EQ(f.form, "STORE +FLAGS");
  EXPECT_EQ(f.symptom, "refused");
}

TEST(Footing, TheItemOfAFetchIsItsForm) {
  Trace trace;
  trace.events = {sent("a1 UID COPY 7 box"), sent("a2 UID FETCH 7 (FLAGS)"), tagged("a2", "OK")};
  const auto f = footing_of(trace, 2, "FLAGS", true);
  EXPECT_EQ(f.form, "FETCH FLAGS");
  EXPECT_EQ(f.symptom, "wrong");
  EXPECT_EQ(f.acts, (std::set<std::string>{"APPEND", "UID COPY"}));
}

TEST(Footing, AnEndAndASilenceAreTold) {
  Trace trace;
  trace.events = {sent("a1 NOOP"), {}, {}};
  trace.events[1].kind = Event::Kind::closed;
  trace.events[2].kind = Event::Kind::hang;
  EXPECT_EQ(footing_of(trace, 1, "", false).symptom, "closed");
  EXPECT_EQ(footing_of(trace, 2, "", false).symptom, "hang");
  EXPECT_EQ(footing_of(trace, 0, "", false).symptom, "missing");
  EXPECT_EQ(footing_of(trace, 9, "", false).form, "");
}

}  // namespace
}  // namespace mailspec::oracle
