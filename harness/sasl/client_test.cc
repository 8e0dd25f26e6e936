// The exchanges against the examples of their RFCs.
#include "harness/sasl/client.h"

#include <gtest/gtest.h>

namespace mailspec::sasl {
namespace {

TEST(Sasl, Apop) {  // RFC 1939 7
  EXPECT_EQ(apop_digest("<1896.697170952@dbc.mtview.ca.us>", "tanstaaf"), "c4c9334bac560ecc979e58001b3e22fb");
}

TEST(Sasl, CramMd5) {  // RFC 2195 2
  Client client("CRAM-MD5", {"tim", "tanstaaftanstaaf", ""}, "");
  EXPECT_EQ(client.step(1, "<1896.697170952@postoffice.reston.mci.net>", "").octets, "tim b913a602c7eda7a495b4e6e7334d3890");
  EXPECT_EQ(client.step(1, "<1896.697170952@postoffice.reston.mci.net>", "cut-digest").octets, "tim b913a602");
  EXPECT_EQ(client.step(1, "<1896.697170952@postoffice.reston.mci.net>", "is-msg-id").breach, "");
  for (const auto* challenge : {"1896.697170952@postoffice", "<1896>", "<@host>", "<1896@>", "<a> <b@c>"})
    EXPECT_NE(client.step(1, challenge, "is-msg-id").breach, "");
}

TEST(Sasl, ScramSha1) {  // RFC 5802 5
  Client client("SCRAM-SHA-1", {"user", "pencil", ""}, "fyko+d2lbbFgONRv9qkxdawL");
  EXPECT_EQ(client.step(1, "", "").octets, "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
  EXPECT_EQ(client.step(2, "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096", "").octets,
            "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
  EXPECT_EQ(client.step(3, "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", "").breach, "");
  EXPECT_NE(client.step(3, "v=rmF9pqV8S7suAoZWja4dJRkFsKE=", "").breach, "");
  EXPECT_EQ(client.step(3, "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=,ext=1", "").breach, "");  // RFC 5802 7
}

TEST(Sasl, ScramSha256) {  // RFC 7677 3
  Client client("SCRAM-SHA-256", {"user", "pencil", ""}, "rOprNGfwEbeRWgbNEkqO");
  client.step(1, "", "");
  EXPECT_EQ(client.step(2, "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "").octets,
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  EXPECT_EQ(client.step(3, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "").breach, "");
}

TEST(Sasl, AHostileServerIsCalledOne) {
  for (const auto* first : {"", "r=other,s=QSXCR+Q6sek8bf92,i=4096", "r=nonce,s=QSXCR+Q6sek8bf92,i=4096", "r=nonceX,s=,i=4096", "r=nonceX,s=QQ==,i=0",
                            "r=nonceX,s=QQ==,i=99999999999", "r=nonceX,s=!,i=1"}) {
    Client client("SCRAM-SHA-1", {"user", "pencil", ""}, "nonce");
    client.step(1, "", "");
    EXPECT_NE(client.step(2, first, "").breach, "") << first;
  }
}

}  // namespace
}  // namespace mailspec::sasl
