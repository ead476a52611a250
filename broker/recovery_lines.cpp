// What was cut comes first, then what is there, then what is odd about its times.
#include "broker/recovery_lines.hpp"

namespace taskbbs::broker {

using namespace std::chrono_literals;

namespace {

std::int64_t in_ms(core::Duration duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

void say_recovered(Log& log,
                   const journal::Recovered& recovered,
                   const core::Board& board,
                   const RecoveryTimes& times) {
    if (recovered.torn_bytes > 0) {
        log.warn("torn_tail_cut",
                 {{"bytes", recovered.torn_bytes}, {"kept_as", recovered.torn_file}});
    }
    log.info("recovered",
             {{"snapshot", recovered.snapshot},
              {"events", recovered.events},
              {"tasks", board.tasks().size()},
              {"seq", board.seq()},
              {"segments", recovered.segments},
              {"clean_stop", recovered.clean_stop},
              {"ms", in_ms(times.took)}});
    if (const core::Duration ahead = board.clock().last_stamp() - times.wall; ahead > 60s) {
        log.warn("clock_ahead",
                 {{"ms", in_ms(ahead)},
                  {"says",
                   "the last event is ahead of the wall clock: event times creep until it "
                   "has caught up"}});
    }
}

}  // namespace taskbbs::broker
