// Random requests, decided, numbered, applied and recorded as the broker does.
#include "tests/core/world.hpp"

#include "broker/core/acquire.hpp"
#include "broker/core/record.hpp"
#include "tests/core/times.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::core_test {

using namespace core;
using namespace std::chrono_literals;

namespace {

constexpr unsigned tasks = 24;

}  // namespace

Settings World::settings() {
    Settings settings;
    settings.converge.completed_expiry = 5min;
    return settings;
}

const std::vector<std::string>& World::executors() {
    static const std::vector<std::string> names{"e0", "e1", "e2"};
    return names;
}

World::World(unsigned seed) : random_(seed), board_(settings()), now_(start), run_began_(start) {
    board_.begin_serving(start);
    for (unsigned i = 0; i < tasks; ++i) {
        names_.push_back("t" + std::to_string(i));
    }
}

const std::string& World::any_guid() {
    return names_[any(tasks)];
}

Origin World::next_origin(Verb verb) {
    const unsigned who = any(static_cast<unsigned>(last_ids_.size()));
    Origin origin{.id = ++last_ids_[who], .verb = verb};
    origin.session.bytes[0] = static_cast<char>(who + 1);
    origin.acked = any(10) == 0 ? origin.id - 1 : 0;
    requests_.emplace_back(origin.session, origin.id);
    return origin;
}

void World::commit(Event event, const Origin& origin) {
    Record record;
    event.origin = origin;
    if (any(3) == 0) {
        record.begins_batch = true;
        record.batch_time = board_.clock().peek(now_);
        run_began_ = any(100) == 0 ? record.batch_time : run_began_;
        record.run_began = run_began_;
        board_.begin_batch(record.batch_time, record.run_began);
    }
    board_.number(event, now_);
    const std::string guid(event.guid);
    const Slot slot = board_.apply(event);
    const TaskView after = slot == no_slot ? TaskView{} : board_.tasks().view(slot);
    encode_body(event, after, record.body);
    encode_private(event, after, record.rest);
    record.digest = board_.digest();
    records_.push_back(std::move(record));
    if (event.kind == Kind::desired) {
        guids_.insert(guid);
    } else if (event.kind == Kind::resolved) {
        guids_.erase(guid);
    }
}

template <class Args>
void World::ask(const Args& args) {
    if (const auto event = decide(board_, args, now_)) {
        commit(*event, next_origin(Args::verb));
    }
}

void World::desire() {
    const std::string payload(any(50), 'p');
    const std::string domain = "d" + std::to_string(any(3));
    const std::string stack = any(3) == 0 ? "" : "s" + std::to_string(any(2));
    TaskView task{.guid = any_guid(),
                  .domain = domain,
                  .stack = stack,
                  .priority = static_cast<std::int32_t>(any(3)) - 1,
                  .payload = payload,
                  .annotation = std::string_view("note").substr(0, any(5))};
    task.memory_mb = any(4);
    task.max_rejections = static_cast<std::uint16_t>(any(3));
    task.on_executor_lost = any(2) == 0 ? OnExecutorLost::requeue : OnExecutorLost::fail;
    task.run_timeout = any(2) == 0 ? 0ms : milliseconds(any(60'000));
    task.time_to_claim = any(3) == 0   ? protocol::no_time_to_claim_limit
                         : any(2) == 0 ? 0ms
                                       : milliseconds(any(60'000));
    task.not_before = any(4) == 0 ? now_ + milliseconds(any(20'000)) : protocol::no_time;
    ask(protocol::DesireArgs{task});
}

void World::move() {
    const std::string& guid = any_guid();
    const std::string& executor = any_executor();
    const std::string result(any(20), 'r');
    switch (any(8)) {
        case 0:
            return ask(protocol::ClaimArgs{guid, executor});
        case 1:
            return ask(protocol::StartArgs{guid, executor, "box"});
        case 2:
            return ask(
                protocol::CompleteArgs{.guid = guid, .failure_reason = "f", .result = result});
        case 3:
            return ask(protocol::RejectArgs{.guid = guid,
                                            .executor_id = executor,
                                            .reason = "no",
                                            .delay = milliseconds(any(5000))});
        case 4:
            return ask(protocol::ResolvingArgs{guid});
        case 5:
            return ask(protocol::ResolveArgs{guid, {}});
        case 6:
            return any(4) == 0 ? ask(protocol::CancelArgs{guid, "why"}) : void();
        default:
            break;
    }
    const Origin origin = next_origin(Verb::acquire);
    for (const Slot slot : choose(board_, {.executor_id = executor, .max = 3}).tasks) {
        commit(claim_task(board_, slot, executor), origin);
    }
}

void World::beat() {
    const std::string& executor = any_executor();
    switch (any(4)) {
        case 0:
            return ask(protocol::DepartArgs{executor});
        case 1:
            return ask(protocol::DrainArgs{executor, any(2) == 0});
        case 2:
            return any(3) == 0 ? pause() : void();
        default:
            break;
    }
    const std::string incarnation = std::to_string(any(4));
    const protocol::HeartbeatArgs args{.executor_id = executor, .incarnation = incarnation};
    const auto verdict = decide(board_, args);
    if (verdict && (verdict->next == Beat::Next::join || verdict->next == Beat::Next::restart)) {
        commit(verdict->event);
    }
}

// A domain, or one of its stacks, as desire() names them.
void World::pause() {
    const std::string domain = "d" + std::to_string(any(3));
    const std::string name = "s" + std::to_string(any(2));
    std::optional<std::string_view> stack;
    if (any(3) != 0) {
        stack = any(3) == 0 ? std::string_view() : name;
    }
    any(2) == 0 ? ask(protocol::PauseArgs{domain, stack})
                : ask(protocol::ResumeArgs{domain, stack});
}

// Most of the time to the end, sometimes not: then requests come in between.
void World::finish_losses() {
    while (!board_.executors().being_lost().empty() && any(8) != 0) {
        const ExecutorRecord& executor =
            board_.executors()[board_.executors().being_lost().front()];
        Slot doomed = no_slot;
        for (const State state : {State::claimed, State::running}) {
            for (const ListKey& key : executor.tasks_in(state)) {
                doomed = is_doomed(board_, board_.tasks()[key.slot()]) ? key.slot() : doomed;
            }
        }
        REQUIRE(doomed != no_slot);
        commit(lose_task(board_, doomed));
    }
}

void World::pass() {
    Pass pass(PassRules::of(board_.settings().converge), {now_, board_.seq()}, any(2) == 0);
    while (const auto event = pass.next(board_)) {
        commit(*event);
    }
}

void World::step() {
    now_ += milliseconds(any(500));
    board_.tasks().ripen(now_);
    finish_losses();
    switch (any(20)) {
        case 0:
        case 1:
        case 2:
        case 3:
        case 4:
            return desire();
        case 5:
            return pass();
        case 6:
            return beat();
        case 7:
            now_ += 10s;
            break;
        case 8:
            now_ += any(20) == 0 ? Duration(2min) : Duration(1s);
            break;
        default:
            return move();
    }
}

void World::replay(Board& board, std::size_t from) const {
    RecordReader reader;
    for (std::size_t i = from; i < records_.size(); ++i) {
        const Record& record = records_[i];
        if (record.begins_batch) {
            board.begin_batch(record.batch_time, record.run_began);
        }
        const auto event = reader.read(record.body, record.rest);
        REQUIRE(event);
        board.apply(*event);
        REQUIRE(board.digest() == record.digest);
    }
}

}  // namespace taskbbs::core_test
