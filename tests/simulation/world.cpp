// The course of one seed.
#include "tests/simulation/world.hpp"

#include "tests/simulation/finding.hpp"

namespace taskbbs::simulation {

World::World(std::uint64_t seed, Tally& tally)
    : tally_(tally),
      draw_(seed),
      network_(schedule_, draw_),
      bench_{schedule_, draw_, network_, witness_},
      disk_(std::make_unique<journal::MemoryDisk>()) {
    draw_climate();
    draw_rules();
}

World::~World() {
    if (host_) host_->kill();
}

void World::draw_climate() {
    NetworkWeather& weather = network_.weather;
    weather.delay = draw_.between(200us, 10ms);
    if (draw_.chance(0.8)) {
        weather.loss = draw_.chance(0.5) ? 0.01 : 0.001;
        weather.breakage = draw_.chance(0.5) ? 0.01 : 0.001;
        weather.stall = draw_.chance(0.3) ? 0.1 : 0.005;
        weather.missed = draw_.chance(0.5) ? 0.05 : 0.002;
    }
    climate_.lasts = draw_.between(3s, 9s);
    climate_.crash = draw_.chance(0.8) ? 1.0 / static_cast<double>(draw_.between(300, 4000)) : 0;
    climate_.io = draw_.chance(0.2) ? draw_.between(2ms, 20ms) : draw_.between(20us, 500us);
    if (draw_.chance(0.2)) {
        climate_.disk_error = draw_.chance(0.5) ? 0.001 : 0;
        climate_.sync_error = 0.01;
    }
    climate_.probe = draw_.chance(0.5) ? 0.05 : 0.3;
}

void World::draw_rules() {
    core::ConvergeSettings& converge = rules_.core.converge;
    converge.every = milliseconds(draw_.between(100, 500));
    converge.kick_interval = milliseconds(700);
    converge.kick_interval_max = 10min;
    converge.claim_timeout = 1s;
    converge.resolve_timeout = 1s;
    converge.time_to_claim = 5s;
    converge.completed_expiry = draw_.chance(0.2) ? milliseconds(4000) : milliseconds(0);
    rules_.core.presence.brake_grace = 3s;
    rules_.core.limits.batch_bytes = static_cast<std::uint64_t>(draw_.between(8, 256)) << 10;
    rules_.core.limits.reply_bytes = draw_.chance(0.3) ? 2048 : 1 << 20;
    journal::Settings& journal = rules_.journal;
    journal.segment_bytes = static_cast<std::uint64_t>(draw_.between(4, 24)) << 12;
    journal.snapshot_bytes = static_cast<std::uint64_t>(draw_.between(16, 256)) << 10;
    journal.reserve_bytes = draw_.chance(0.5) ? journal.segment_bytes : 0;
    journal.retain_for = draw_.chance(0.5) ? std::chrono::hours(24) : std::chrono::hours(0);
    const bool small = journal.reserve_bytes > 0 && draw_.chance(0.2);
    if (small) climate_.capacity = journal.segment_bytes * 12;
    disk_->capacity = climate_.capacity;
}

// ---- who is there ------------------------------------------------------------------------------

void World::populate() {
    const auto several = [&](std::int64_t most) {
        return static_cast<std::size_t>(draw_.between(1, most));
    };
    for (std::size_t i = several(4); i > 0; --i) {
        Requester::Habits habits;
        habits.width = several(8);
        habits.thinks = draw_.between(5ms, 150ms);
        habits.payload = draw_.chance(0.2) ? 20'000 : 300;
        requesters_.push_back(
            std::make_unique<Requester>(bench_, "task" + std::to_string(i), habits));
    }
    std::vector<std::string> names;
    living_.resize(several(4));
    for (std::size_t i = 0; i < living_.size(); ++i) {
        names.push_back("e" + std::to_string(i));
        add_worker(i);
    }
    for (std::size_t i = several(3); i > 0; --i) {
        WatchOptions options{.from = WatchFrom::after};
        if (draw_.chance(0.5)) options.streams = {Stream::completed, Stream::resolved};
        if (draw_.chance(0.3)) options.domains = {"other"};
        watchers_.push_back(std::make_unique<Watcher>(bench_, options));
    }
    clerk_ = std::make_unique<Clerk>(bench_, names);
    if (draw_.chance(0.5)) stranger_ = std::make_unique<Stranger>(bench_);
    const bool stalls = network_.weather.stall > 0.05;
    if (stalls || draw_.chance(0.1)) hopeful_ = std::make_unique<Hopeful>(bench_);
}

void World::add_worker(std::size_t number) {
    Worker::Habits habits;
    habits.slots = draw_.between(1, 6);
    habits.works = draw_.between(20ms, 600ms);
    workers_.push_back(
        std::make_unique<Worker>(bench_, "e" + std::to_string(number), ++incarnations_, habits));
    living_[number] = workers_.back().get();
    schedule_.in(draw_.between(1s, 15s), [this, number] { tend_worker(number); });
}

// Its time has come; another incarnation follows, sooner or later than the ttl.
void World::tend_worker(std::size_t number) {
    if (calm_) return;
    draw_.chance(0.2) ? living_[number]->depart() : living_[number]->die();
    schedule_.in(draw_.skewed(3s), [this, number] { add_worker(number); });
}

// ---- lives of the broker -----------------------------------------------------------------------

void World::begin_life() {
    HostSettings settings{.core = rules_.core, .journal = rules_.journal};
    settings.child_killed = draw_.chance(0.3) ? 0.5 : 0;
    if (draw_.chance(0.2)) settings.off_the_clock = draw_.between(-300s, 300s);
    disk_->on_call = [this](const char* operation, const std::string& name) {
        return on_call(operation, name);
    };
    host_ = std::make_unique<Host>(
        bench_,
        *disk_,
        settings,
        [this](const journal::Recovered& recovered, const core::Board& board) {
            inspect(board, witness_);
            witness_.cut_at(board.seq());
            tally_.branches["life: after a clean stop"] += recovered.clean_stop ? 1 : 0;
            ++tally_.lives;
        });
    if (!calm_ && draw_.chance(climate_.clean_stop)) {
        schedule_.in(draw_.between(500ms, 5s), [this, life = tally_.lives] {
            if (host_ && host_->serves() && !calm_ && life + 1 == tally_.lives) host_->stop();
        });
    }
}

void World::pass(Duration time) {
    const Duration end = schedule_.now() + time;
    while (schedule_.now() < end) {
        schedule_.run_for(std::min<Duration>(end - schedule_.now(), 20ms));
        if (failure_) std::rethrow_exception(failure_);
        if (host_ && host_->failure()) std::rethrow_exception(host_->failure());
        look_after_host();
    }
}

void World::look_after_host() {
    if (!host_) {
        if (schedule_.now() >= begin_again_at_) begin_life();
        return;
    }
    if (ruin_ != Ruin::none) {
        rebuild(std::exchange(ruin_, Ruin::none));
    } else if (host_->ending() != Ending::none) {
        rebuild(draw_.chance(0.3) ? Ruin::machine : Ruin::process);
    }
}

void World::note_life() {
    const Host::Events& events = host_->events();
    auto& lives = tally_.branches;
    lives["life: disk failed"] += host_->ending() == Ending::disk_failed ? 1 : 0;
    lives["life: read_only"] += events.read_only ? 1 : 0;
    lives["life: snapshots taken"] += events.snapshots_taken;
    lives["life: snapshots killed"] += events.snapshots_killed;
}

void World::rebuild(Ruin ruin) {
    note_life();
    host_->kill();
    host_.reset();
    disk_->on_call = nullptr;
    disk_ = ruin == Ruin::machine ? disk_->crash(draw_.word()) : disk_->without_process();
    disk_->capacity = calm_ ? 1ULL << 40 : climate_.capacity;
    begin_again_at_ = schedule_.now() + (calm_ ? 1ms : draw_.skewed(2s));
}

// ---- the course --------------------------------------------------------------------------------

void World::run() {
    begin_life();
    populate();
    pass(climate_.lasts);
    calm_down();
    settle_accounts();
    ++tally_.seeds;
    tally_.events += static_cast<std::uint64_t>(witness_.seq());
}

void World::calm_down() {
    calm_ = true;
    network_.weather = {.delay = 1ms};
    climate_.io = 50us;
    disk_->capacity = 1ULL << 40;
    for (const auto& requester : requesters_)
        requester->wind_down();
    clerk_->wind_down();
    if (stranger_) stranger_->wind_down();
    if (hopeful_) hopeful_->wind_down();
    for (std::size_t i = 0; i < living_.size(); ++i) {
        if (living_[i]->is_dead()) add_worker(i);
    }
    // As long as the longest patience that anybody may have by now, and all that follows.
    for (int seconds = 0; seconds < 240 && !is_quiet(); ++seconds)
        pass(1s);
}

bool World::is_quiet() const {
    return std::ranges::all_of(requesters_,
                               [](const auto& requester) { return requester->open().empty(); });
}

bool World::have_seen(Seq seq) const {
    return std::ranges::all_of(watchers_, [&](const auto& watcher) {
        return watcher->was_reset() || watcher->position() >= seq;
    });
}

void World::settle_accounts() {
    for (const auto& requester : requesters_) {
        expect(requester->open().empty(),
               "'{}' never came to an end",
               requester->open().empty() ? "" : *requester->open().begin());
    }
    // Kicks never end: watchers are to see what was there by now.
    const Seq so_far = witness_.seq();
    for (int seconds = 0; seconds < 60 && !have_seen(so_far); ++seconds)
        pass(1s);
    expect(have_seen(so_far), "a watcher did not come to event {}", so_far);
    for (const auto& watcher : watchers_)
        watcher->check(so_far);
    if (draw_.chance(0.01)) leap();
    probes_left_ = 1;
    probe();
    if (failure_) std::rethrow_exception(failure_);
    note_life();
}

// Two hours later, sessions that were not used are forgotten; one that comes then finds room.
void World::leap() {
    for (Worker* worker : living_)
        worker->die();
    pass(2h);
    late_ = std::make_unique<Client>(bench_);
    DesireArgs args;
    args.task.guid = "late";
    late_->call<DesireArgs>(args, [](const Result<Applied>&) {});
    pass(1s);
    expect(witness_.model().tasks().contains("late"), "a late request was not served");
    rebuild(Ruin::machine);
    pass(1s);
}

}  // namespace taskbbs::simulation
