// The thin driver of a broker that has recovered: polls, reads the clock, moves bytes between
// sockets, journal, history and the loop as a machine (docs/architecture.md, "Threads").
#pragma once

#include "broker/core/board.hpp"
#include "broker/daemon.hpp"
#include "broker/journal/disk.hpp"
#include "broker/journal/recovery.hpp"
#include "broker/scrapes.hpp"

#include <functional>

namespace taskbbs::broker {

// What it is made of; the references outlive it.
struct Driven {
    const Options& options;
    Keyring keyring;
    Log& log;
    const ReadOptions& read_options;
    const Signals& signals;
    Scrapes& scrapes;
    journal::Disk& disk;
    core::Board& board;
    journal::Recovered recovered;
};

// Binds the sockets, then serves until SIGTERM or SIGINT. `on_serving`: from then on clients may
// have been told something. Throws BindError, journal::JournalError.
void drive(Driven driven, const std::function<void()>& on_serving);

}  // namespace taskbbs::broker
