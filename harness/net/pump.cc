#include "harness/net/pump.h"

#include <algorithm>
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cmath>

namespace mailspec::net {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using Failure = boost::system::error_code;

namespace {

constexpr std::size_t kGoodbyes = 100;
constexpr double kGrace = 20;  // seconds for the end of a run

class Pump {
 public:
  Pump(Schedule& schedule, const std::vector<Pumped*>& sessions, const TlsTrust& trust, const std::atomic<bool>& stop,
       const std::function<void(double)>& progress)
      : x_schedule(schedule), x_sessions(sessions), x_trust(trust), x_stop(stop), x_progress(progress), x_lines(sessions.size()) {}

  std::string run(const Endpoint& endpoint) {
    Failure e;
    const auto found = tcp::resolver(x_context).resolve(endpoint.host, endpoint.port, e);
    if (e || found.empty()) return "no address for " + endpoint.text() + ": " + e.message();
    x_under_tls = endpoint.implicit_tls;
    for (const auto& entry : found) x_addresses.push_back(entry.endpoint());
    for (std::size_t i = 0; i < x_sessions.size(); ++i) asio::co_spawn(x_context, drive(i), asio::detached);
    asio::co_spawn(x_context, conduct(), asio::detached);
    x_context.run();
    return x_connected ? "" : "no connection to " + endpoint.text() + (x_refusal.empty() ? "" : ": " + x_refusal);
  }

 private:
  // One session's socket; the conductor wakes it where nothing else does.
  struct Line {
    std::unique_ptr<tcp::socket> socket;
    std::unique_ptr<TlsClient> tls;             // if that is how it speaks
    std::unique_ptr<asio::steady_timer> timer;  // only while something is to happen at a time
    bool done = false;
    bool waits = false;
  };

  asio::awaitable<bool> connect(Line& line) {
    for (const auto& address : x_addresses) {
      Failure e;
      line.socket = std::make_unique<tcp::socket>(x_context);
      co_await line.socket->async_connect(address, asio::redirect_error(asio::use_awaitable, e));
      if (!e) {
        Failure ignored;
        line.socket->set_option(tcp::no_delay(true), ignored);
        line.socket->non_blocking(true, ignored);
        if (x_under_tls) e = co_await shake_hands(line);
        if (!e) {
          x_connected = true;
          co_return true;
        }
        if (!x_refusal.empty()) continue;
      }
      x_refusal = e.message();
    }
    co_return false;
  }

  // The server's certificate was looked at by the probe, before any password was sent.
  asio::awaitable<Failure> shake_hands(Line& line) {
    line.tls = std::make_unique<TlsClient>(x_trust, TlsWish{});
    Failure e;
    while (!line.tls->established()) {
      if (line.tls->failed()) {
        x_refusal = "TLS: " + line.tls->trouble();
        co_return asio::error::connection_refused;
      }
      if (e = co_await send(line, line.tls->take_ciphertext()); e) co_return e;
      if (line.tls->established()) break;
      co_await line.socket->async_wait(tcp::socket::wait_read, asio::redirect_error(asio::use_awaitable, e));
      if (e) co_return e;
      const auto n = line.socket->read_some(asio::buffer(x_buffer), e);
      if (e) co_return e;
      line.tls->feed({x_buffer.data(), n});
    }
    if (x_schedule.tls.empty()) x_schedule.tls = line.tls->info().version;
    co_return co_await send(line, line.tls->take_ciphertext());
  }

  // What of it fits at once: of most commands all.
  static std::size_t write_now(Line& line, const std::string& out, Failure& e) {
    const auto sent = line.socket->write_some(asio::buffer(out), e);
    if (e == asio::error::would_block) e = {};
    return e ? out.size() : sent;
  }

  asio::awaitable<Failure> send(Line& line, const std::string& out) {
    Failure e;
    if (out.empty()) co_return e;
    if (const auto sent = write_now(line, out, e); sent < out.size())
      co_await asio::async_write(*line.socket, asio::buffer(out.data() + sent, out.size() - sent), asio::redirect_error(asio::use_awaitable, e));
    co_return e;
  }

  asio::awaitable<void> drive(std::size_t i) {
    auto& line = x_lines[i];
    auto& session = *x_sessions[i];
    // Not all at once: a server's queue of connections is short.
    co_await sleep(line, 0.0005 * static_cast<double>(i));
    int failures = 0;
    while (!x_over && session.wants_connection()) {
      if (const auto at = session.wake(); std::isfinite(at) && at > pump_clock()) co_await sleep(line, at - pump_clock());
      if (!co_await connect(line)) {
        if (++failures > 3 || x_stop) break;
        co_await sleep(line, 0.3 * failures);
        continue;
      }
      session.connected(pump_clock());
      co_await converse(line, session);
    }
    line.done = true;
  }

  asio::awaitable<void> sleep(Line& line, double seconds) {
    line.timer = std::make_unique<asio::steady_timer>(x_context, std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds)));
    Failure ignored;
    co_await line.timer->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    line.timer.reset();
  }

  // To the end of the connection.
  asio::awaitable<void> converse(Line& line, Pumped& session) {
    auto& socket = *line.socket;
    Failure e;
    for (;;) {
      auto out = session.output(pump_clock());
      if (!out.empty()) {
        if (line.tls) {
          line.tls->write(out);
          out = line.tls->take_ciphertext();
        }
        if (const auto sent = write_now(line, out, e); sent < out.size()) e = co_await send(line, out.substr(sent));
        if (e) break;
        continue;
      }
      if (session.wants_close() || x_over) break;
      // What is due at a time soon needs a timer; a time-out in seconds is the conductor's to notice.
      const double until = session.wake() - pump_clock();
      if (until < 5) arm(line, until);
      line.waits = true;
      co_await socket.async_wait(tcp::socket::wait_read, asio::redirect_error(asio::use_awaitable, e));
      line.waits = false;
      line.timer.reset();
      if (e == asio::error::operation_aborted) {
        e = {};
        if (!socket.is_open()) break;
        continue;
      }
      if (!read(line, session, e)) break;
    }
    const bool ours = session.wants_close() || x_over;
    session.ended(e == asio::error::connection_reset && !ours, pump_clock());
    Failure ignored;
    socket.shutdown(tcp::socket::shutdown_both, ignored);
    line.socket.reset();
    line.tls.reset();
  }

  // All that is there. False at the end.
  bool read(Line& line, Pumped& session, Failure& e) {
    for (;;) {
      const auto n = line.socket->read_some(asio::buffer(x_buffer), e);
      if (e == asio::error::would_block) {
        e = {};
        return true;
      }
      if (e) return false;
      if (line.tls) {
        line.tls->feed({x_buffer.data(), n});
        if (const auto plain = line.tls->take_plaintext(); !plain.empty()) session.feed(plain, pump_clock());
        if (line.tls->closed() || line.tls->failed()) return false;
      } else {
        session.feed({x_buffer.data(), n}, pump_clock());
      }
      if (n < x_buffer.size()) return true;
    }
  }

  void arm(Line& line, double seconds) {
    line.timer =
        std::make_unique<asio::steady_timer>(x_context, std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(std::max(0.0, seconds))));
    line.timer->async_wait([this, &line](Failure e) {
      if (!e) wake(line);
    });
  }

  void wake(Line& line) {
    Failure ignored;
    if (line.waits && line.socket) line.socket->cancel(ignored);
  }

  // Watches the time, and leads all sessions through the end.
  asio::awaitable<void> conduct() {
    asio::steady_timer timer(x_context);
    Failure ignored;
    double told = pump_clock();
    for (int round = 0; round <= Pumped::kLastRound;) {
      timer.expires_after(std::chrono::milliseconds(50));
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      const double now = pump_clock();
      if (now - told > 1) {
        told = now;
        if (x_progress) x_progress(now - x_schedule.begin);
        for (auto& line : x_lines) wake(line);  // whose time is up
      }
      if (x_stop) x_schedule.end = std::min(x_schedule.end, now);
      if (now > x_schedule.end + kGrace + x_schedule.patience) break;
      bool rest = true, done = true;
      for (std::size_t i = 0; i < x_sessions.size(); ++i) {
        rest = rest && (x_lines[i].done || x_sessions[i]->resting());
        done = done && x_lines[i].done;
      }
      if (done) break;
      if (now >= x_schedule.end && round == 0) {
        for (auto& line : x_lines) wake(line);
      }
      if (!rest || (x_schedule.just_idle && now < x_schedule.end)) continue;
      if (++round > Pumped::kLastRound) break;
      for (std::size_t i = 0; i < x_sessions.size(); ++i) {
        x_sessions[i]->checkpoint(round);
        wake(x_lines[i]);
        if (round < Pumped::kLastRound || i % kGoodbyes != kGoodbyes - 1) continue;
        // Not all at once, here either.
        timer.expires_after(std::chrono::milliseconds(20));
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      }
    }
    // Those that say goodbye have a moment for it.
    for (int i = 0; i < 40; ++i) {
      if (std::ranges::all_of(x_lines, [](const Line& line) { return line.done; })) co_return;
      timer.expires_after(std::chrono::milliseconds(50));
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    x_over = true;
    for (auto& line : x_lines) {
      if (line.timer) line.timer->cancel();
      wake(line);
    }
  }

  Schedule& x_schedule;
  const std::vector<Pumped*>& x_sessions;
  const TlsTrust& x_trust;
  const std::atomic<bool>& x_stop;
  const std::function<void(double)>& x_progress;
  bool x_under_tls = false;
  asio::io_context x_context{1};
  std::vector<tcp::endpoint> x_addresses;
  std::vector<Line> x_lines;
  std::array<char, 64 * 1024> x_buffer{};
  std::string x_refusal;
  bool x_connected = false, x_over = false;
};

}  // namespace

double pump_clock() { return std::chrono::duration<double>(Clock::now().time_since_epoch()).count(); }

std::string pump(Schedule& schedule, const std::vector<Pumped*>& sessions, const Endpoint& endpoint, const TlsTrust& trust, const std::atomic<bool>& stop,
                 const std::function<void(double)>& progress) {
  try {
    return std::make_unique<Pump>(schedule, sessions, trust, stop, progress)->run(endpoint);
  } catch (const boost::system::system_error& e) {
    return e.what();
  }
}

}  // namespace mailspec::net
