#include "harness/oracle/secrets_rule.h"

namespace mailspec::oracle {

namespace {

constexpr const char* kNotEchoed = "security/auth/no-secret-echoed";

class Secrets : public Rule {
 public:
  void step(const Trace& trace, std::size_t index, Sink& sink) override {
    const auto& e = trace.events[index];
    // What is said before the secret is cannot hold it.
    if (e.kind == Event::Kind::sent && e.octets.find("{secret:") != std::string::npos) x_told = true;
    if (e.kind != Event::Kind::received || !x_told) return;
    sink.exercised(kNotEchoed);
    if (e.echoed) sink.found({kNotEchoed, "the response repeats a password, or a response of an exchange, that the client had sent", index, 0, false, {}});
  }

  std::vector<std::string> requirements() const override { return {kNotEchoed}; }

 private:
  bool x_told = false;
};

}  // namespace

std::unique_ptr<Rule> secrets_rule() { return std::make_unique<Secrets>(); }

}  // namespace mailspec::oracle
