// A poll loop over the listener, the connections and what the broker's loop says.
#include "broker/metrics/server.hpp"

#include "broker/journal/quiet_thread.hpp"
#include "broker/metrics/desk.hpp"
#include "broker/metrics/host.hpp"
#include "broker/metrics/http.hpp"
#include "broker/metrics/listener.hpp"

#include <algorithm>
#include <array>
#include <poll.h>

namespace taskbbs::broker {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Where no file can be opened: when to look again.
constexpr milliseconds stuck_pause = 100ms;
// Let in at once, so that whoever is in gets a turn.
constexpr int accepts_a_turn = 16;

}  // namespace

class MetricsServer::Machinery {
  public:
    Machinery(const std::string& endpoint, const std::string& dir)
        : listener_(endpoint),
          endpoint_(listener_.endpoint()),
          host_(dir),
          http_([this](Page page) { return answer_now(page); }),
          thread_(journal::quiet_thread("metrics", [this] { run(); })) {}

    ~Machinery() {
        desk_.end();
        thread_.join();
    }

    Machinery(const Machinery&) = delete;
    Machinery& operator=(const Machinery&) = delete;

    Desk& desk() { return desk_; }

    const std::string& endpoint() const { return endpoint_; }

  private:
    void run() {
        while (!said_.ended) {
            wait();
            said_ = desk_.take();
            settle();
            let_in();
            http_.run();
        }
    }

    void wait() {
        std::array<pollfd, 3> items{{{desk_.said_fd(), POLLIN, 0},
                                     {http_.fd(), POLLIN, 0},
                                     {listener_.is_stuck() ? -1 : listener_.fd(), POLLIN, 0}}};
        const auto most = timeout();
        poll(items.data(), items.size(), most ? static_cast<int>(most->count()) : -1);
    }

    std::optional<milliseconds> timeout() const {
        std::optional<milliseconds> first = http_.timeout();
        if (listener_.is_stuck()) {
            first = std::min(first.value_or(stuck_pause), stuck_pause);
        }
        if (asked_at_) {
            const auto left =
                std::chrono::ceil<milliseconds>(*asked_at_ + loop_answers_within - Clock::now());
            first = std::min(first.value_or(left), std::max(left, 0ms));
        }
        return first;
    }

    void let_in() {
        for (int i = 0; i < accepts_a_turn; ++i) {
            const Listener::Accepted accepted = listener_.accept();
            if (accepted.fd < 0) {
                return;
            }
            http_.add(accepted);
        }
    }

    // Of a request that just came. Nothing: the loop is asked, and it waits.
    std::optional<Answer> answer_now(Page page) {
        if (said_.phase != Phase::serving) {
            return answer_as_of({said_.phase}, page);
        }
        if (!asked_at_) {
            asked_at_ = Clock::now();
            desk_.ask();
        }
        return std::nullopt;
    }

    // Those that wait: the loop answered, has nothing more to say, or took too long.
    void settle() {
        const bool is_late = asked_at_ && Clock::now() - *asked_at_ >= loop_answers_within;
        if (!said_.figures && said_.phase == Phase::serving && !is_late) {
            return;
        }
        asked_at_.reset();
        const auto figures = std::move(said_.figures);
        const Condition condition{said_.phase, figures.get()};
        if (http_.anybody_waits()) {
            http_.answer_waiting([&](Page page) { return answer_as_of(condition, page); });
        }
    }

    Answer answer_as_of(const Condition& condition, Page page) const {
        switch (page) {
            case Page::live:
                return answer_live(condition);
            case Page::ready:
                return answer_ready(condition);
            case Page::metrics:
                break;
        }
        return answer_metrics(condition, host_.process(), host_.directory());
    }

    Listener listener_;
    std::string endpoint_;
    Host host_;
    Desk desk_;
    Desk::Said said_;
    std::optional<Clock::time_point> asked_at_;  // the question that is open
    Http http_;
    std::thread thread_;
};

MetricsServer::MetricsServer(const std::string& endpoint, const std::string& dir)
    : machinery_(std::make_unique<Machinery>(endpoint, dir)) {}

MetricsServer::~MetricsServer() = default;

void MetricsServer::enter(Phase phase) {
    machinery_->desk().enter(phase);
}

int MetricsServer::asked_fd() const {
    return machinery_->desk().asked_fd();
}

void MetricsServer::answer(std::unique_ptr<Figures> figures) {
    machinery_->desk().answer(std::move(figures));
}

const std::string& MetricsServer::endpoint() const {
    return machinery_->endpoint();
}

}  // namespace taskbbs::broker
