// Replay is life without decisions.
#include "broker/recover.hpp"

#include "broker/core/record.hpp"
#include "broker/journal/error.hpp"

#include <fmt/format.h>

namespace taskbbs::broker {

journal::Recovered recover_board(journal::Disk& disk,
                                 const journal::Settings& settings,
                                 const journal::RecoveryOptions& options,
                                 core::Board& board) {
    core::RecordReader reader;
    journal::Visitor visitor;
    visitor.on_batch = [&](const journal::BatchInfo& batch) {
        // A seal is the journal's own: in life the board does not see it.
        if ((batch.flags & journal::sealed) == 0) {
            board.begin_batch(batch.time, (batch.flags & journal::began_to_serve) != 0);
        }
        board.tasks().take_offers();
    };
    visitor.on_record = [&](const journal::Record& record) {
        const auto event = reader.read(record.body, record.rest);
        if (!event || event->seq != record.seq) {
            throw journal::UnsupportedError(
                settings.dir,
                fmt::format("event {} is not one that this version knows", record.seq));
        }
        board.apply(*event);
    };
    return journal::recover(disk, settings, options, visitor);
}

}  // namespace taskbbs::broker
