// Connections, stations and the clock.
#include "sdk/testing/world.hpp"

#include "protocol/codec.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace taskbbs::testing {

namespace {

core::Settings settings_of(const FakeBrokerOptions& options) {
    core::Settings settings;
    settings.converge.every = options.converge_every;
    settings.converge.time_to_claim = options.time_to_claim;
    settings.converge.kick_interval = options.kick_interval;
    settings.converge.kick_interval_max =
        std::max(options.kick_interval, settings.converge.kick_interval_max);
    settings.converge.claim_timeout = options.claim_timeout;
    settings.converge.resolve_timeout = options.resolve_timeout;
    settings.converge.completed_expiry = options.completed_expiry;
    settings.presence.brake_grace = options.brake_grace;
    settings.limits.payload_bytes = static_cast<std::uint64_t>(options.payload_bytes);
    settings.limits.result_bytes = static_cast<std::uint64_t>(options.result_bytes);
    settings.limits.tasks = static_cast<std::uint64_t>(options.tasks);
    return settings;
}

}  // namespace

// ---- connections -----------------------------------------------------------------------------

class FakeBroker::World::FakeLink final : public sdk::Link {
  public:
    FakeLink(std::shared_ptr<World> world, std::string peer, std::vector<std::string> topics)
        : world_(std::move(world)), peer_(std::move(peer)), topics_(std::move(topics)) {}

    ~FakeLink() override {
        const std::lock_guard lock(world_->mutex_);
        world_->links_.erase(peer_);
    }

    FakeLink(const FakeLink&) = delete;
    FakeLink& operator=(const FakeLink&) = delete;

    bool send(std::string_view message) override {
        const std::lock_guard lock(world_->mutex_);
        if (!is_up) {
            return false;
        }
        world_->loop_.receive(peer_, message, world_->elapsed_ - world_->began_);
        world_->changed_.notify_all();
        return true;
    }

    std::optional<std::vector<std::string>> receive(std::size_t most) override {
        const std::lock_guard lock(world_->mutex_);
        if (inbox.empty()) {
            return std::nullopt;
        }
        std::vector<std::string> frames = std::move(inbox.front());
        inbox.pop_front();
        frames.resize(std::min(frames.size(), most + 1));
        return frames;
    }

    bool was_disconnected() override {
        const std::lock_guard lock(world_->mutex_);
        return std::exchange(was_lost, false);
    }

    bool wants(std::string_view topic) const {
        return std::any_of(topics_.begin(), topics_.end(), [&](const std::string& prefix) {
            return topic.starts_with(prefix);
        });
    }

    bool subscribes() const { return !topics_.empty(); }

    // Guarded by the world's lock.
    bool is_up = false;
    bool was_lost = false;
    std::deque<std::vector<std::string>> inbox;

  private:
    const std::shared_ptr<World> world_;
    const std::string peer_;
    const std::vector<std::string> topics_;  // of a subscriber: it always has one for ticks
};

// ---- stations --------------------------------------------------------------------------------

class FakeBroker::World::FakeStation final : public sdk::Station {
  public:
    explicit FakeStation(std::shared_ptr<World> world) : world_(std::move(world)) {
        const std::lock_guard lock(world_->mutex_);
        world_->stations_.insert(this);
    }

    ~FakeStation() override {
        const std::lock_guard lock(world_->mutex_);
        world_->stations_.erase(this);
        world_->changed_.notify_all();
    }

    FakeStation(const FakeStation&) = delete;
    FakeStation& operator=(const FakeStation&) = delete;

    void signal() override {
        const std::lock_guard lock(world_->mutex_);
        signalled_ = true;
        world_->changed_.notify_all();
    }

    sdk::Readiness wait(sdk::Link* link,
                        bool for_writing,
                        std::optional<sdk::Instant> until) override {
        Lock lock(world_->mutex_);
        link_ = static_cast<FakeLink*>(link);
        for_writing_ = for_writing;
        until_ = until;
        thread_ = std::this_thread::get_id();
        waiting_ = true;
        world_->changed_.notify_all();
        world_->changed_.wait(lock, [this] { return is_ready(); });
        waiting_ = false;
        signalled_ = false;
        return readiness();
    }

    // Under the world's lock.
    bool is_quiet() const { return waiting_ && !is_ready(); }

    bool is_of(std::thread::id thread) const { return thread_ == thread; }

    std::optional<sdk::Instant> until() const { return waiting_ ? until_ : std::nullopt; }

  private:
    sdk::Readiness readiness() const {
        if (link_ == nullptr) {
            return {};
        }
        return {.readable = !link_->inbox.empty(),
                .writable = for_writing_ && link_->is_up,
                .monitor = link_->was_lost};
    }

    bool is_ready() const {
        const sdk::Readiness ready = readiness();
        return signalled_ || ready.readable || ready.writable || ready.monitor ||
               (until_ && *until_ <= world_->instant());
    }

    const std::shared_ptr<World> world_;
    bool signalled_ = false;
    bool waiting_ = false;  // here and below: what the present wait is for
    FakeLink* link_ = nullptr;
    bool for_writing_ = false;
    std::optional<sdk::Instant> until_;
    std::thread::id thread_;
};

// ---- for drivers -----------------------------------------------------------------------------

FakeBroker::World::World(const FakeBrokerOptions& options)
    : loop_(settings_of(options),
            {.on_message = [this](const std::string& peer,
                                  std::string bytes) { deliver(peer, std::move(bytes)); },
             .on_publication = [this](std::string_view topic,
                                      std::string_view body) { publish(topic, body); }}) {
    loop_.start(wall());
}

sdk::Instant FakeBroker::World::now() const {
    const std::lock_guard lock(mutex_);
    return instant();
}

Result<std::unique_ptr<sdk::Link>> FakeBroker::World::dealer(const std::string& /*endpoint*/) {
    return connect({});
}

Result<std::unique_ptr<sdk::Link>> FakeBroker::World::subscriber(
    const std::string& /*endpoint*/, const std::vector<std::string>& topics) {
    return connect(topics);
}

Result<std::unique_ptr<sdk::Link>> FakeBroker::World::connect(std::vector<std::string> topics) {
    const std::lock_guard lock(mutex_);
    const std::string peer = std::to_string(++last_link_);
    auto link = std::make_unique<FakeLink>(shared_from_this(), peer, std::move(topics));
    link->is_up = loop_.serves();
    links_[peer] = link.get();
    return link;
}

std::unique_ptr<sdk::Station> FakeBroker::World::station() {
    return std::make_unique<FakeStation>(shared_from_this());
}

void FakeBroker::World::deliver(const std::string& peer, std::string bytes) {
    const auto link = links_.find(peer);
    if (link != links_.end() && link->second->is_up && !losing_replies_) {
        link->second->inbox.push_back({std::move(bytes)});
    }
}

void FakeBroker::World::publish(std::string_view topic, std::string_view body) {
    for (const auto& [peer, link] : links_) {
        if (link->is_up && link->wants(topic)) {
            link->inbox.push_back({std::string(topic), std::string(body)});
        }
    }
}

// ---- time ------------------------------------------------------------------------------------

bool FakeBroker::World::is_quiet() const {
    return std::all_of(stations_.begin(), stations_.end(), [](const FakeStation* station) {
        return station->is_quiet();
    });
}

void FakeBroker::World::wait_until_quiet(Lock& lock) {
    changed_.wait(lock, [this] { return is_quiet(); });
}

void FakeBroker::World::refuse_own_thread() const {
    const std::thread::id self = std::this_thread::get_id();
    for (const FakeStation* station : stations_) {
        if (station->is_of(self)) {
            throw std::logic_error(
                "the clock of a FakeBroker is turned inside of a callback, which it would wait "
                "for; give the client a Queue, or turn the clock on the test's thread");
        }
    }
}

// Of all stations and of the loop, since the origin.
std::optional<sdk::Duration> FakeBroker::World::next_due() const {
    std::optional<sdk::Duration> next = loop_.next_deadline();
    if (next) {
        *next += began_;
    }
    for (const FakeStation* station : stations_) {
        if (const auto until = station->until(); until && (!next || *until - origin < *next)) {
            next = *until - origin;
        }
    }
    return next;
}

void FakeBroker::World::turn_clock(sdk::Duration to) {
    elapsed_ = std::max(elapsed_, to);
    loop_.work(elapsed_ - began_);
    changed_.notify_all();
}

void FakeBroker::World::advance(sdk::Duration by) {
    constexpr int most_at_once = 1'000'000;  // time must go on, not stand
    Lock lock(mutex_);
    refuse_own_thread();
    const sdk::Duration end = elapsed_ + std::max(by, sdk::Duration(0));
    wait_until_quiet(lock);
    int standing = 0;
    for (auto due = next_due(); due && *due <= end; due = next_due()) {
        standing = *due > elapsed_ ? 0 : standing + 1;
        if (standing > most_at_once) {
            std::abort();
        }
        turn_clock(*due);
        wait_until_quiet(lock);
    }
    turn_clock(end);
    wait_until_quiet(lock);
}

void FakeBroker::World::let_time_pass() {
    const std::lock_guard lock(mutex_);
    if (const auto due = next_due(); due && is_quiet()) {
        turn_clock(*due);
    }
}

// ---- for the test ----------------------------------------------------------------------------

Time FakeBroker::World::board_time() const {
    const std::lock_guard lock(mutex_);
    return wall();
}

void FakeBroker::World::start() {
    const std::lock_guard lock(mutex_);
    if (loop_.serves()) {
        return;
    }
    for (const auto& [peer, link] : links_) {
        link->is_up = true;
    }
    began_ = elapsed_;
    loop_.start(wall());
    changed_.notify_all();
}

void FakeBroker::World::stop() {
    const std::lock_guard lock(mutex_);
    loop_.stop();
    for (const auto& [peer, link] : links_) {
        link->was_lost = link->is_up && !link->subscribes();
        link->is_up = false;
    }
    changed_.notify_all();
}

void FakeBroker::World::lose_replies(bool on) {
    const std::lock_guard lock(mutex_);
    losing_replies_ = on;
}

void FakeBroker::World::set_read_only(bool on) {
    const std::lock_guard lock(mutex_);
    loop_.set_read_only(on);
}

std::vector<Task> FakeBroker::World::tasks(std::optional<std::string_view> guid) const {
    const std::lock_guard lock(mutex_);
    std::vector<Task> found;
    const core::Board* board = loop_.board();
    if (board == nullptr) {
        return found;
    }
    const auto add = [&](std::string_view name) {
        if (const core::Slot slot = board->tasks().find(name); slot != core::no_slot) {
            found.push_back(protocol::own(board->tasks().view(slot)));
        }
    };
    if (guid) {
        add(*guid);
    } else {
        board->tasks().rows([&](const core::TaskRow& row) { add(row.guid); });
    }
    return found;
}

}  // namespace taskbbs::testing
