// Each deed is a request, or what the loop does by itself.
#include "tests/properties/life.hpp"

#include "broker/core/acquire.hpp"
#include "broker/core/converge.hpp"
#include "broker/core/presence.hpp"
#include "broker/core/record.hpp"

#include <stdexcept>

namespace taskbbs::properties {

using namespace core;
using namespace protocol;
using namespace std::chrono_literals;

namespace {

constexpr Time dawn{std::chrono::sys_days(std::chrono::year(2024) / 5 / 1)};

// A task whose doom is sealed, of the executor that is lost the longest.
Slot next_doomed(const Board& board) {
    const ExecutorRecord& executor = board.executors()[board.executors().being_lost().front()];
    for (const State state : {State::claimed, State::running}) {
        for (const ListKey& key : executor.tasks_in(state)) {
            if (is_doomed(board, board.tasks()[key.slot()])) {
                return key.slot();
            }
        }
    }
    throw std::logic_error("an executor is being lost that owns nothing");
}

// Of a domain, or of one of its stacks, as desire() names them.
template <class Args>
Args queues_of(const Deed& deed) {
    Args args{.domain = deed.amount % 2 == 0 ? "d0" : "d1"};
    if (deed.amount % 3 != 0) {
        args.stack = deed.amount % 3 == 1 ? "s" : "";
    }
    return args;
}

}  // namespace

Settings Life::settings() {
    Settings settings;
    settings.converge.completed_expiry = 5min;
    return settings;
}

Life::Life()
    : board_(std::make_unique<Board>(settings())),
      now_(board_->begin_serving(dawn)),
      run_began_(now_) {}

void Life::live(const Deed& deed) {
    now_ += milliseconds(deed.amount);
    board_->tasks().ripen(now_);
    const std::string guid = deed.task_name();
    const std::string executor = deed.executor_name();
    const std::string text(deed.amount, 'x');
    switch (deed.act) {
        case Act::desire:
            return desire(deed);
        case Act::claim:
            return ask(deed, ClaimArgs{guid, executor});
        case Act::acquire:
            return acquire(deed);
        case Act::start:
            return ask(deed, StartArgs{guid, executor, "box"});
        case Act::complete:
            return ask(deed,
                       CompleteArgs{.guid = guid, .failed = deed.amount % 2 == 0, .result = text});
        case Act::reject:
            return ask(deed,
                       RejectArgs{.guid = guid,
                                  .executor_id = executor,
                                  .reason = text,
                                  .delay = 100 * milliseconds(deed.amount)});
        case Act::cancel:
            return ask(deed, CancelArgs{guid, text});
        case Act::resolving:
            return ask(deed, ResolvingArgs{guid});
        case Act::resolve:
            return ask(deed, ResolveArgs{guid, {}});
        case Act::join:
            return join(deed);
        case Act::depart:
            return ask(deed, DepartArgs{executor});
        case Act::drain:
            return ask(deed, DrainArgs{executor, true});
        case Act::undrain:
            return ask(deed, DrainArgs{executor, false});
        case Act::pause:
            return ask(deed, queues_of<PauseArgs>(deed));
        case Act::resume:
            return ask(deed, queues_of<ResumeArgs>(deed));
        case Act::lose:
            return lose();
        case Act::pass:
            return pass();
        case Act::wait:
            now_ += 10s * deed.amount;
            break;
        case Act::restart:
            return restart();
    }
}

template <class Args>
void Life::ask(const Deed& deed, const Args& args) {
    if (const auto event = decide(*board_, args, now_)) {
        commit(*event, next_origin(deed, Args::verb));
    }
}

// The amount chooses among the fields that decide how a task goes on.
void Life::desire(const Deed& deed) {
    const std::string guid = deed.task_name();
    const std::string domain = "d" + std::to_string(deed.amount % 2);
    const std::string payload(deed.amount, 'p');
    TaskView task{.guid = guid, .domain = domain, .payload = payload};
    task.stack = deed.amount % 5 == 0 ? "s" : "";
    task.priority = static_cast<std::int32_t>(deed.amount % 3);
    task.max_rejections = static_cast<std::uint16_t>(deed.amount % 4);
    task.on_executor_lost = deed.amount % 7 < 4 ? OnExecutorLost::requeue : OnExecutorLost::fail;
    task.run_timeout = milliseconds(deed.amount % 11 == 0 ? 30'000 : 0);
    task.time_to_claim = milliseconds(deed.amount % 13 == 0 ? 60'000 : 0);
    task.not_before = deed.amount % 4 == 0 ? now_ + 5s : no_time;
    ask(deed, DesireArgs{task});
}

void Life::join(const Deed& deed) {
    const std::string executor = deed.executor_name();
    const std::string incarnation = std::to_string(deed.amount % 3);
    const auto verdict = decide(
        *board_, HeartbeatArgs{.executor_id = executor, .ttl = 15s, .incarnation = incarnation});
    if (verdict && (verdict->next == Beat::Next::join || verdict->next == Beat::Next::restart)) {
        commit(verdict->event);
    }
}

void Life::acquire(const Deed& deed) {
    const std::string executor = deed.executor_name();
    const Origin origin = next_origin(deed, Verb::acquire);
    for (const Slot slot :
         choose(*board_, {.executor_id = executor, .max = 1 + deed.amount % 3}).tasks) {
        commit(claim_task(*board_, slot, executor), origin);
    }
}

void Life::lose() {
    while (!board_->executors().being_lost().empty()) {
        commit(lose_task(*board_, next_doomed(*board_)));
    }
}

void Life::pass() {
    Pass pass(PassRules::of(settings().converge), {.now = now_, .seq = board_->seq()}, true);
    while (const auto event = pass.next(*board_)) {
        commit(*event);
    }
}

void Life::restart() {
    board_ = replayed();
    now_ = board_->begin_serving(now_ + 1s);
    run_began_ = board_->clock().peek(now_);
}

Origin Life::next_origin(const Deed& deed, Verb verb) {
    Origin origin{.id = ++last_ids_.at(deed.session), .verb = verb};
    origin.session.bytes[0] = static_cast<char>(deed.session + 1);
    origin.acked = deed.amount % 10 == 0 ? origin.id - 1 : 0;
    return origin;
}

// A batch begins with every third event or so.
void Life::commit(Event event, const Origin& origin) {
    Record record;
    event.origin = origin;
    record.begins_batch = records_.empty() || (board_->seq() % 3) == 0;
    record.batch = {.first_seq = board_->seq() + 1,
                    .count = 1,
                    .time = board_->clock().peek(now_),
                    .run_began = run_began_};
    if (record.begins_batch) {
        board_->begin_batch(record.batch.time, record.batch.run_began);
    }
    board_->number(event, now_);
    record.seq = event.seq;
    const std::string guid(event.guid);
    const Slot slot = board_->apply(event);
    const TaskView after = slot == no_slot ? TaskView{} : board_->tasks().view(slot);
    encode_body(event, after, record.body);
    encode_private(event, after, record.rest);
    record.digest = board_->digest();
    if (event.kind == Kind::desired) {
        guids_.insert(guid);
    } else if (event.kind == Kind::resolved) {
        guids_.erase(guid);
    }
    records_.push_back(std::move(record));
}

std::unique_ptr<Board> Life::replayed() const {
    broker::Fold fold(settings());
    const auto expect = [](bool holds, const std::string& what, Seq seq) {
        if (!holds) {
            throw std::logic_error("event " + std::to_string(seq) + " " + what);
        }
    };
    for (const Record& record : records_) {
        if (record.begins_batch) {
            expect(fold.begin_batch(record.batch), "begins no batch", record.seq);
        }
        expect(fold.apply({.seq = record.seq, .body = record.body, .rest = record.rest}),
               "is refused",
               record.seq);
        expect(fold.board().digest() == record.digest, "comes to another state", record.seq);
    }
    return fold.take_board();
}

}  // namespace taskbbs::properties
