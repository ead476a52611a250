// epoll, a clock reading a turn, and the lanes. A connection's turn: take the answers that came,
// ask the next steps, send.
#include "bench/load/drive.hpp"

#include "bench/load/stream.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <fmt/format.h>
#include <limits>
#include <random>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace taskbbs::bench {

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t refresh_every = 3 * second;
constexpr int patience_ms = 10'000;

// Guids that no other load has had: a random head, and a number.
class Guids {
  public:
    Guids() {
        std::random_device random;
        head_ = fmt::format("{:08x}-{:04x}-4000-8000-", random(), random() & 0xffffU);
    }

    void give(Lane& lane) {
        constexpr std::string_view digits = "0123456789abcdef";
        std::copy(head_.begin(), head_.end(), lane.guid.begin());
        std::uint64_t rest = next_++;
        for (std::size_t at = guid_bytes; at-- > head_.size(); rest >>= 4U) {
            lane.guid[at] = digits[rest & 0xfU];
        }
    }

  private:
    std::string head_;
    std::uint64_t next_ = 0;
};

// Lanes first in, first out; there are never more than it was made for.
class Queue {
  public:
    explicit Queue(std::size_t lanes) : lanes_(lanes + 1) {}

    bool empty() const { return first_ == last_; }

    Lane& front() const { return *lanes_[first_]; }

    void pop() { first_ = next(first_); }

    void push(Lane& lane) {
        lanes_[last_] = &lane;
        last_ = next(last_);
    }

  private:
    std::size_t next(std::size_t at) const { return at + 1 == lanes_.size() ? 0 : at + 1; }

    std::vector<Lane*> lanes_;
    std::size_t first_ = 0;
    std::size_t last_ = 0;
};

class Connection {
  public:
    Connection(const std::string& endpoint, std::unique_ptr<Dialect> dialect, std::size_t in_flight)
        : stream_(endpoint),
          dialect_(std::move(dialect)),
          lanes_(in_flight),
          asked_(in_flight),
          idle_(in_flight) {
        dialect_->open(stream_.output());
        std::string_view nothing;
        open_ = dialect_->opened(nothing, stream_.output());
        stream_.send();
    }

    int fd() const { return stream_.fd(); }

    const Dialect& dialect() const { return *dialect_; }

    bool is_open() const { return open_; }

    bool waits() const { return !asked_.empty(); }

    bool has_idle() const { return !idle_.empty(); }

    // Takes what came before the load begins.
    void greet() {
        if (stream_.receive()) {
            std::string_view in = stream_.input();
            open_ = dialect_->opened(in, stream_.output());
            stream_.keep(in);
            stream_.send();
        }
    }

    void begin(Guids& guids) {
        for (Lane& lane : lanes_) {
            guids.give(lane);
            idle_.push(lane);
        }
    }

    // The first step of as many lives as it has lanes, or as are left.
    void ask_all(std::uint64_t& lives_left) {
        const std::int64_t now = clock_now();
        for (; has_idle() && lives_left > 0; --lives_left) {
            ask_idle(now);
        }
    }

    // The step of one idle lane; `at` is when it was due.
    void ask_idle(std::int64_t at) {
        Lane& lane = idle_.front();
        idle_.pop();
        lane.asked_at = at;
        ask(lane);
    }

    // Idle lanes in the middle of a life go on with it.
    void resume() {
        while (has_idle()) {
            Lane& lane = idle_.front();
            idle_.pop();
            if (lane.step != 0) {
                ask(lane);
            }
        }
        send();
    }

    struct Rules {
        bool paced = false;            // a lane whose step is taken waits for its turn
        std::uint64_t lives_left = 0;  // to be begun; a lane whose life is over begins none beyond
    };

    // Takes the answers that have come, and asks what follows on them.
    void turn(Rules& rules, Guids& guids, Measured& measured) {
        if (!stream_.receive()) {
            return;
        }
        const std::int64_t now = clock_now();
        std::string_view in = stream_.input();
        while (!asked_.empty()) {
            Lane& lane = asked_.front();
            const Answer answer = dialect_->take(in, lane);
            if (answer == Answer::none) {
                break;
            }
            asked_.pop();
            if (answer == Answer::unfinished) {
                ask(lane);
                continue;
            }
            measured.latency.add(now - lane.asked_at);
            measured.refused += answer == Answer::refused ? 1 : 0;
            advance(lane, answer, guids);
            go_on(lane, now, rules);
        }
        stream_.keep(in);
        send();
    }

    void refresh() { dialect_->refresh(stream_.output()); }

    void send() {
        dialect_->finish(stream_.output());
        blocked_ = !stream_.send();
    }

    bool blocked() const { return blocked_; }

  private:
    void ask(Lane& lane) {
        dialect_->ask(lane, stream_.output());
        asked_.push(lane);
    }

    void go_on(Lane& lane, std::int64_t now, Rules& rules) {
        const bool is_over = lane.step == 0;
        if (rules.paced) {
            idle_.push(lane);
        } else if (!is_over || rules.lives_left > 0) {
            rules.lives_left -= is_over ? 1 : 0;
            lane.asked_at = now;
            ask(lane);
        }
    }

    void advance(Lane& lane, Answer answer, Guids& guids) const {
        lane.step = answer == Answer::refused ? 0 : (lane.step + 1) % dialect_->steps();
        lane.part = 0;
        if (lane.step == 0) {
            guids.give(lane);
        }
    }

    Stream stream_;
    std::unique_ptr<Dialect> dialect_;
    std::vector<Lane> lanes_;
    Queue asked_;
    Queue idle_;
    bool open_ = false;
    bool blocked_ = false;
};

class Driver {
  public:
    Driver(const Target& target, const Load& load, const Aside& aside)
        : target_(target), load_(load), aside_(aside) {
        for (int i = 0; i < load.connections; ++i) {
            connections_.push_back(
                std::make_unique<Connection>(target.endpoint,
                                             target.dialect(load, i),
                                             static_cast<std::size_t>(load.in_flight)));
            watch(*connections_.back(), EPOLL_CTL_ADD, EPOLLIN);
        }
        rules_.paced = load.rate > 0;
        rules_.lives_left = load.lives > 0 ? load.lives : std::numeric_limits<std::uint64_t>::max();
    }

    ~Driver() { close(epoll_); }

    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;

    Measured run() {
        greet();
        begin();
        if (load_.lives == 0) {
            serve(load_.warm_up, {});
            measured_ = {};
        }
        const double server = target_.cpu_seconds();
        const double own = own_cpu_seconds();
        const std::int64_t began = clock_now();
        if (aside_.begun) {
            aside_.begun();
        }
        if (load_.lives == 0) {
            serve(load_.seconds, aside_.over);
        } else {
            finish();
        }
        Measured measured = std::move(measured_);
        measured.seconds = static_cast<double>(clock_now() - began) / 1e9;
        measured.own_cpu = own_cpu_seconds() - own;
        measured.server_cpu = target_.cpu_seconds() - server;
        measured.steps = measured.latency.count();
        rules_.lives_left = 0;
        finish();
        for (const auto& connection : connections_) {
            if (measured.refusal.empty()) {
                measured.refusal = connection->dialect().refusal();
            }
        }
        return measured;
    }

  private:
    void watch(Connection& connection, int operation, std::uint32_t events) const {
        epoll_event event{.events = events, .data = {.ptr = &connection}};
        epoll_ctl(epoll_, operation, connection.fd(), &event);
    }

    // The connections that have something to say.
    template <class Each>
    void wait(int timeout_ms, Each each) {
        const int ready =
            epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), timeout_ms);
        if (ready == 0 && timeout_ms == patience_ms) {
            throw std::runtime_error("the server did not answer for 10 s");
        }
        for (int i = 0; i < ready; ++i) {
            each(*static_cast<Connection*>(events_[static_cast<std::size_t>(i)].data.ptr),
                 events_[static_cast<std::size_t>(i)].events);
        }
    }

    void greet() {
        auto open = static_cast<std::size_t>(
            std::count_if(connections_.begin(), connections_.end(), [](const auto& connection) {
                return connection->is_open();
            }));
        while (open < connections_.size()) {
            wait(patience_ms, [&](Connection& connection, std::uint32_t /*events*/) {
                if (!connection.is_open()) {
                    connection.greet();
                    open += connection.is_open() ? 1 : 0;
                }
            });
        }
    }

    void begin() {
        refresh_at_ = clock_now() + refresh_every;
        released_until_ = clock_now();
        for (const auto& connection : connections_) {
            connection->begin(guids_);
            if (!rules_.paced) {
                connection->ask_all(rules_.lives_left);
            }
            send(*connection);
        }
    }

    void serve(double seconds, const std::function<bool()>& over) {
        const std::int64_t until = clock_now() + static_cast<std::int64_t>(seconds * 1e9);
        while (clock_now() < until && !(over && over())) {
            if (rules_.paced) {
                release(clock_now());
            }
            turn(rules_.paced ? 1 : patience_ms);
            refresh();
        }
    }

    // Until no lane waits for an answer any more.
    void finish() {
        rules_.paced = false;
        for (const auto& connection : connections_) {
            connection->resume();
            note_blocked(*connection);
        }
        while (std::any_of(connections_.begin(), connections_.end(), [](const auto& connection) {
            return connection->waits();
        })) {
            turn(patience_ms);
            refresh();
        }
    }

    void turn(int timeout_ms) {
        wait(timeout_ms, [this](Connection& connection, std::uint32_t events) {
            if ((events & EPOLLOUT) != 0) {
                send(connection);
                if (!connection.blocked()) {
                    watch(connection, EPOLL_CTL_MOD, EPOLLIN);
                }
            }
            if ((events & EPOLLIN) != 0) {
                connection.turn(rules_, guids_, measured_);
                note_blocked(connection);
            }
        });
    }

    void send(Connection& connection) {
        connection.send();
        note_blocked(connection);
    }

    void note_blocked(Connection& connection) const {
        if (connection.blocked()) {
            watch(connection, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
        }
    }

    void refresh() {
        if (clock_now() < refresh_at_) {
            return;
        }
        refresh_at_ += refresh_every;
        for (const auto& connection : connections_) {
            connection->refresh();
            send(*connection);
        }
    }

    // Asks the steps that are due by `now`, as many as travel together on the next connection in
    // turn. What no lane is there for is given up: the rate is what is measured then.
    void release(std::int64_t now) {
        const auto interval = static_cast<std::int64_t>(1e9 * load_.per_message / load_.rate);
        for (; released_until_ + interval <= now; released_until_ += interval) {
            Connection& connection = *connections_[next_++ % connections_.size()];
            for (int i = 0; i < load_.per_message && connection.has_idle(); ++i) {
                connection.ask_idle(released_until_ + interval);
            }
            send(connection);
        }
    }

    const Target& target_;
    const Load& load_;
    const Aside& aside_;
    int epoll_ = epoll_create1(EPOLL_CLOEXEC);
    std::array<epoll_event, 256> events_{};
    std::vector<std::unique_ptr<Connection>> connections_;
    Connection::Rules rules_;
    Guids guids_;
    Measured measured_;
    std::int64_t refresh_at_ = 0;
    std::int64_t released_until_ = 0;
    std::size_t next_ = 0;
};

}  // namespace

Measured drive(const Target& target, const Load& load, const Aside& aside) {
    return Driver(target, load, aside).run();
}

double own_cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::int64_t clock_now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

}  // namespace taskbbs::bench
