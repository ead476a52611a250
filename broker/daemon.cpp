// From the journal to a broker that serves, and what it ends with.
#include "broker/daemon.hpp"

#include "broker/driver.hpp"
#include "broker/journal/error.hpp"
#include "broker/journal/posix_disk.hpp"
#include "broker/next_step.hpp"
#include "broker/notify.hpp"
#include "broker/recover.hpp"
#include "broker/recovery_lines.hpp"
#include "broker/recovery_progress.hpp"
#include "broker/scrapes.hpp"
#include "broker/system.hpp"
#include "broker/version.hpp"

#include <algorithm>

namespace taskbbs::broker {

namespace {

// Where it takes long, the operator hears of it, and the service manager goes on waiting.
void say_progress(Log& log, RecoveryProgress& progress) {
    const auto word = progress.word(boot_time());
    if (!word) {
        return;
    }
    log.info("recovering",
             {{"percent", word->percent}, {"events", word->events}, {"ms", to_ms(word->took)}});
    notify_starting(word->status(), RecoveryProgress::extension);
}

// Whatever log.level leaves out.
void warn_of_open_plaintext(const Options& options, Log& log) {
    log.set_level(std::max(options.log_level, Level::warn));
    log.warn("open_plaintext",
             {{"requests", options.requests_endpoint},
              {"events", options.events_endpoint},
              {"says",
               "other hosts may connect, nothing is encrypted, and everybody is operator: make "
               "keys (taskbbsd keygen) and set security.server_key"}});
    log.set_level(options.log_level);
}

// Thrown through the recovery, which then leaves everything as it was.
struct StopAsked : std::exception {};

// What serve() was given.
struct Given {
    const Options& options;
    Keyring keyring;
    Log& log;
    const ReadOptions& read_options;
    const Signals& signals;
};

// `serving` is set once clients may have been told something.
void serve_or_throw(Given given, bool& serving) {
    const Options& options = given.options;
    Log& log = given.log;
    // Before the journal is read, so that /livez answers and /readyz says what it waits for.
    Scrapes scrapes(options, log);
    journal::PosixDisk disk(options.journal.dir, options.journal.sync);
    const Time began = boot_time();
    RecoveryProgress progress(began, journal::bytes_to_read(disk));
    const journal::RecoveryOptions recovery{
        .now = wall_time(),
        .writer = std::string(version),
        .report =
            [&](std::string_view line) {
                log.warn("journal", {{"says", line}});
            },
        .on_read =
            [&](std::uint64_t bytes, std::uint64_t events) {
                if (!progress.read(bytes, events)) {
                    return;
                }
                say_progress(log, progress);
                if (given.signals.stop_waits()) {
                    throw StopAsked();
                }
            },
    };
    auto [recovered, board] = recover_board(disk, options.journal, recovery, options.core);
    say_recovered(log, recovered, *board, {.took = boot_time() - began, .wall = wall_time()});
    if (is_open_plaintext(options)) {
        warn_of_open_plaintext(options, log);
    }
    drive({options,
           std::move(given.keyring),
           log,
           given.read_options,
           given.signals,
           scrapes,
           disk,
           *board,
           std::move(recovered)},
          [&serving] { serving = true; });
    log.info("stopped");
}

}  // namespace

Exit serve(const Options& options,
           Keyring keyring,
           Log& log,
           const ReadOptions& read_options,
           const Signals& signals) {
    bool serving = false;
    try {
        serve_or_throw({options, std::move(keyring), log, read_options, signals}, serving);
        return Exit::stopped;
    } catch (const StopAsked&) {
        log.info("stopped_recovering");
        notify_stopping();
        return Exit::stopped;
    } catch (const journal::CorruptError& error) {
        log.error("journal_damaged", {{"says", std::string_view(error.what())}});
        return Exit::damaged;
    } catch (const journal::UnsupportedError& error) {
        log.error("journal_unsupported", {{"says", std::string_view(error.what())}});
        return Exit::damaged;
    } catch (const journal::JournalError& error) {
        const std::string text = with_next_step(error, options.journal.dir);
        if (serving) {
            log.error("journal_failed", {{"says", text}});
            return Exit::not_written;
        }
        log.error("not_started", {{"says", text}});
        return Exit::not_started;
    } catch (const std::exception& error) {
        if (serving) {
            log.error("failed", {{"says", std::string_view(error.what())}});
        } else {
            log.error("not_started", {{"says", std::string_view(error.what())}});
        }
        return Exit::not_started;
    }
}

}  // namespace taskbbs::broker
