// Replay is life without decisions.
#include "broker/recover.hpp"

#include "broker/journal/error.hpp"

#include <fmt/format.h>

namespace taskbbs::broker {

void Fold::begin_batch(const journal::BatchInfo& batch) {
    if (batch.count > 0) {
        board_->begin_batch(batch.time, batch.run_began);
    }
    board_->tasks().take_offers();
}

bool Fold::apply(const journal::Record& record) {
    const auto event = reader_.read(record.body, record.rest);
    if (!event || event->seq != record.seq) {
        return false;
    }
    board_->apply(*event);
    return true;
}

journal::Visitor visitor_of(std::optional<Fold>& fold,
                            const core::Settings& settings,
                            const std::string& directory) {
    return {
        .on_begin = [&] { fold.emplace(settings); },
        .on_row = [&](std::string_view row) { return fold->load(row); },
        .on_batch = [&](const journal::BatchInfo& batch) { fold->begin_batch(batch); },
        .on_record =
            [&, directory](const journal::Record& record) {
                if (!fold->apply(record)) {
                    throw journal::UnsupportedError(
                        directory,
                        fmt::format("event {} is not one that this version knows", record.seq));
                }
            },
        .digest = [&] { return fold->digest(); },
    };
}

RecoveredBoard recover_board(journal::Disk& disk,
                             const journal::Settings& settings,
                             const journal::RecoveryOptions& options,
                             const core::Settings& core) {
    std::optional<Fold> fold;
    journal::Recovered recovered =
        journal::recover(disk, settings, options, visitor_of(fold, core, settings.dir));
    return {std::move(recovered), fold->take_board()};
}

}  // namespace taskbbs::broker
