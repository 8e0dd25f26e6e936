#include "harness/scenario/footing.h"

#include <gtest/gtest.h>

namespace mailspec::scenario {
namespace {

oracle::Event sent(const std::string& line) {
  oracle::Event e;
  e.kind = oracle::Event::Kind::sent;
  e.imap = true;
  e.asked = imap::parse_command(line);
  return e;
}

oracle::Event tagged(const std::string& tag, const std::string& keyword) {
  oracle::Event e;
  e.kind = oracle::Event::Kind::received;
  e.imap = true;
  e.said.kind = imap::Response::Kind::tagged;
  e.said.tag = tag;
  e.said.keyword = keyword;
  return e;
}

TEST(Footing, ATaggedResponseIsOfTheCommandWithItsTag) {
  oracle::Trace trace;
  trace.events = {sent("a1 STORE 1 +FLAGS (\\Seen)"), sent("a2 NOOP"), tagged("a1", "NO")};
  const auto f = footing_of(trace, 2, "", false);
  EXPECT_EQ(f.form, "STORE +FLAGS");
  EXPECT_EQ(f.symptom, "refused");
}

TEST(Footing, TheItemOfAFetchIsItsForm) {
  oracle::Trace trace;
  trace.events = {sent("a1 UID COPY 7 box"), sent("a2 UID FETCH 7 (FLAGS)"), tagged("a2", "OK")};
  const auto f = footing_of(trace, 2, "FLAGS", true);
  EXPECT_EQ(f.form, "FETCH FLAGS");
  EXPECT_EQ(f.symptom, "wrong");
  EXPECT_EQ(f.acts, (std::set<std::string>{"APPEND", "UID COPY"}));
}

TEST(Footing, AnEndAndASilenceAreTold) {
  oracle::Trace trace;
  trace.events = {sent("a1 NOOP"), {}, {}};
  trace.events[1].kind = oracle::Event::Kind::closed;
  trace.events[2].kind = oracle::Event::Kind::hang;
  EXPECT_EQ(footing_of(trace, 1, "", false).symptom, "closed");
  EXPECT_EQ(footing_of(trace, 2, "", false).symptom, "hang");
  EXPECT_EQ(footing_of(trace, 0, "", false).symptom, "missing");
  EXPECT_EQ(footing_of(trace, 9, "", false).form, "");
}

}  // namespace
}  // namespace mailspec::scenario
