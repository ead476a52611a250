// The comparison, field by field.
#include "tests/simulation/inspection.hpp"

#include "broker/journal/error.hpp"
#include "broker/recover.hpp"
#include "tests/simulation/finding.hpp"

namespace taskbbs::simulation {

namespace {

void inspect_task(const core::TaskView& found, const ModelTask& wanted) {
    const auto same = [&](std::string_view field, const auto& is, const auto& should_be) {
        expect(is == should_be,
               "after recovery '{}' has {} '{}', not '{}'",
               wanted.guid,
               field,
               is,
               should_be);
    };
    same("domain", found.domain, wanted.domain);
    same("stack", found.stack, wanted.stack);
    same("state", name_of(found.state), wanted.state);
    same("executor_id", found.executor_id, wanted.executor_id);
    same("container_handle", found.container_handle, wanted.container_handle);
    same("epoch", found.epoch, wanted.epoch);
    same("seq", found.seq, wanted.seq);
    same("failed", found.failed, wanted.failed);
    same("failure_reason", found.failure_reason, wanted.failure_reason);
    same("rejection_count", found.rejection_count, wanted.rejection_count);
    same("rejection_reason", found.rejection_reason, wanted.rejection_reason);
    same("payload", found.payload, wanted.payload);
    same("annotation", found.annotation, wanted.annotation);
    same("result", found.result, wanted.result);
}

void inspect_executors(const core::Board& board, const Model& model) {
    for (const auto& [id, wanted] : model.executors()) {
        const core::Slot slot = board.executors().find(id);
        const bool present = slot != core::no_slot && board.executors()[slot].present;
        expect(present == wanted.present,
               "after recovery '{}' is {}present",
               id,
               present ? "" : "not ");
        if (!wanted.present) continue;
        const core::ExecutorRecord& found = board.executors()[slot];
        expect(found.incarnation == wanted.incarnation && found.draining == wanted.draining,
               "after recovery '{}' is incarnation '{}', not '{}'",
               id,
               found.incarnation,
               wanted.incarnation);
        const std::size_t remembered = std::min<std::size_t>(wanted.former.size(), 8);
        expect(found.former_incarnations.size() >= remembered,
               "after recovery former incarnations of '{}' are forgotten",
               id);
    }
}

void inspect_pauses(const core::Board& board, const Model& model) {
    std::set<ModelPause> found;
    for (const core::Pause& pause : board.pauses())
        found.insert({pause.domain, pause.stack});
    expect(found == model.pauses(),
           "after recovery {} pauses hold, not those {} that were said",
           found.size(),
           model.pauses().size());
}

// An hour of serving is remembered at least; half an hour of more is allowed.
void inspect_sessions(const core::Board& board, const Witness& witness, const Model& model) {
    constexpr std::int64_t minute = 60'000'000'000;
    const std::int64_t last = model.seq() == 0 ? 0 : witness.fact(model.seq()).at;
    std::size_t recent = 0;
    for (const auto& [name, wanted] : model.sessions()) {
        const std::int64_t age = last - wanted.last_used;
        recent += age <= 90 * minute ? 1 : 0;
        if (age > 59 * minute) continue;
        core::SessionId id;
        std::copy(name.begin(), name.end(), id.bytes.begin());
        for (const auto& [request, outcome] : wanted.outcomes) {
            const core::Outcome* const found = board.sessions().find(id, request);
            expect(found != nullptr && found->last >= outcome.last &&
                       name_of(found->verb) == outcome.verb,
                   "after recovery the outcome of request {} ({}, event {}) is forgotten",
                   request,
                   outcome.verb,
                   outcome.first);
        }
        expect(board.sessions().acked(id) >= wanted.acked,
               "after recovery it is forgotten that a client had acked {}",
               wanted.acked);
    }
    expect(board.sessions().size() <= recent,
           "{} sessions are remembered, {} were used of late",
           board.sessions().size(),
           recent);
}

}  // namespace

void inspect(const core::Board& board, const Witness& witness) {
    const core::Seq seq = board.seq();
    expect(seq >= witness.revealed(),
           "event {} was revealed, after recovery there are {}",
           witness.revealed(),
           seq);
    const Model* const model = witness.model_at(seq);
    expect(model != nullptr, "recovery ends with event {}, where no batch does", seq);
    expect(board.tasks().size() == model->tasks().size(),
           "after recovery there are {} tasks, not {}",
           board.tasks().size(),
           model->tasks().size());
    for (const auto& [guid, wanted] : model->tasks()) {
        const core::Slot slot = board.tasks().find(guid);
        expect(slot != core::no_slot, "after recovery '{}' is missing", guid);
        inspect_task(board.tasks().view(slot), wanted);
    }
    for (std::size_t stream = 0; stream < protocol::names<protocol::Stream>.size(); ++stream) {
        const std::string name(protocol::names<protocol::Stream>[stream]);
        const auto wanted = model->ordinals().find(name);
        expect(board.ordinals()[static_cast<protocol::Stream>(stream)] ==
                   (wanted == model->ordinals().end() ? 0 : wanted->second),
               "after recovery the ordinal of {} is another one",
               name);
    }
    inspect_executors(board, *model);
    inspect_pauses(board, *model);
    inspect_sessions(board, witness, *model);
}

Inspected recover_and_inspect(journal::MemoryDisk& disk,
                              const Rules& rules,
                              const Witness& witness) {
    std::optional<broker::Fold> fold;
    journal::Visitor visitor = broker::visitor_of(fold, rules.core, disk.directory());
    visitor.on_record = [&witness, apply = visitor.on_record](const journal::Record& record) {
        expect(record.seq <= witness.seq() &&
                   witness.fact(record.seq).hash == hash_of_record(record.body, record.rest),
               "recovery found an event {} that was never written so",
               record.seq);
        apply(record);
    };
    try {
        Inspected found;
        found.recovered = journal::recover(
            disk, rules.journal, {.now = {}, .writer = "simulation", .report = {}}, visitor);
        found.board = fold->take_board();
        inspect(*found.board, witness);
        return found;
    } catch (const journal::CorruptError& error) {
        throw Finding(std::string("what a crash left was refused: ") + error.what());
    } catch (const journal::JournalError& error) {
        throw Finding(std::string("a disk without faults failed: ") + error.what());
    }
}

}  // namespace taskbbs::simulation
