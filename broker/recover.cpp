// Replay is life without decisions.
#include "broker/recover.hpp"

#include "broker/core/sequel.hpp"
#include "broker/journal/error.hpp"

#include <fmt/format.h>

namespace taskbbs::broker {

bool Fold::begin_batch(const journal::BatchInfo& batch) {
    if (batch.count == 0) {
        return true;
    }
    if (!core::is_possible(batch.time) || !core::is_possible(batch.run_began)) {
        return false;
    }
    board_->begin_batch(batch.time, batch.run_began);
    return true;
}

bool Fold::apply(const journal::Record& record) {
    auto event = reader_.read(record.body, record.rest);
    if (!event || event->seq != record.seq || !core::can_follow(*board_, *event)) {
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
        .on_batch =
            [&, directory](const journal::BatchInfo& batch) {
                if (!fold->begin_batch(batch)) {
                    throw journal::UnsupportedError(
                        directory,
                        fmt::format("the batch of event {} has times that are none of a broker",
                                    batch.first_seq));
                }
            },
        .on_record =
            [&, directory](const journal::Record& record) {
                if (!fold->apply(record)) {
                    throw journal::UnsupportedError(
                        directory,
                        fmt::format(
                            "event {} is not one that this version knows, or can't follow on "
                            "those before it",
                            record.seq));
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
    journal::Visitor visitor = visitor_of(fold, core, settings.dir);
    visitor.on_read = options.on_read;
    journal::Recovered recovered = journal::recover(disk, settings, options, visitor);
    return {std::move(recovered), fold->take_board()};
}

}  // namespace taskbbs::broker
