// Replay is life without decisions.
#include "broker/recover.hpp"

#include "broker/journal/error.hpp"

#include <fmt/format.h>

namespace taskbbs::broker {

void Fold::begin_batch(const journal::BatchInfo& batch) {
    if (batch.count > 0) {
        board_.begin_batch(batch.time, batch.run_began);
    }
    board_.tasks().take_offers();
}

bool Fold::apply(const journal::Record& record) {
    const auto event = reader_.read(record.body, record.rest);
    if (!event || event->seq != record.seq) {
        return false;
    }
    board_.apply(*event);
    return true;
}

journal::Recovered recover_board(journal::Disk& disk,
                                 const journal::Settings& settings,
                                 const journal::RecoveryOptions& options,
                                 core::Board& board) {
    Fold fold(board);
    journal::Visitor visitor;
    visitor.on_batch = [&](const journal::BatchInfo& batch) { fold.begin_batch(batch); };
    visitor.on_record = [&](const journal::Record& record) {
        if (!fold.apply(record)) {
            throw journal::UnsupportedError(
                settings.dir,
                fmt::format("event {} is not one that this version knows", record.seq));
        }
    };
    visitor.digest = [&] { return fold.digest(); };
    return journal::recover(disk, settings, options, visitor);
}

}  // namespace taskbbs::broker
