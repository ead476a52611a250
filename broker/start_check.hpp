// What `--check-config` finds beyond the words of the configuration: directories, rights, space.
// Looking (look_at_start) and judging (findings_of) are apart: the judgement is pure. Another check
// is another function in the list of start_check.cpp.
#pragma once

#include "broker/options.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace taskbbs::broker {

struct Finding {
    // A fault keeps the broker from starting; a note does not.
    enum class Weight : bool { note, fault };

    Weight weight = Weight::fault;
    std::string where;  // the option, and its value
    std::string cause;
    std::string next_step;

    bool operator==(const Finding&) const = default;
};

// What lies at a path, and what the one for whom it is looked (StartFacts::user) may do there.
struct PathFacts {
    enum class Kind : std::uint8_t { missing, directory, socket, other };

    std::string path;
    Kind kind = Kind::missing;
    bool has_parent = true;  // the directory that it is in
    bool readable = true;    // a file that may be read
    bool usable = true;      // a directory that may be listed, and files be made in it
    bool read_only = false;  // nobody may: so is its file system, or this process's view of it
    std::string barrier;     // the first directory on the way that can't be passed; empty: none
    std::uint32_t mode = 0;  // rights
    std::uint32_t owner = 0;
    std::uint32_t group = 0;
};

// The state directory, and its disk.
struct StateFacts {
    PathFacts directory;
    bool has_journal = false;
    bool is_backup = false;
    PathFacts closed;  // the first of its files that can't be opened as a broker does
    std::size_t closed_files = 0;
    std::uint64_t free_bytes = 0;
    std::uint64_t held_bytes = 0;  // that the broker has taken already: reserve and spares
    std::string volatile_as;       // tmpfs, ramfs: what it keeps, the machine forgets
    std::string remote_as;         // nfs, cifs: locks and syncs are another machine's
};

// Of one ipc endpoint.
struct SocketFacts {
    std::string option;
    PathFacts file;
    PathFacts directory;
};

// Of an endpoint that names a network interface.
struct InterfaceFacts {
    std::string option;
    std::string endpoint;
    std::string name;
    bool is_there = true;
};

// A file that the broker's user has to read.
struct KeyFacts {
    std::string option;
    PathFacts file;
};

struct StartFacts {
    std::uint32_t user = 0;    // for whom it is looked: who looks, or the service's user
    bool for_service = false;  // root looked, with the eyes of the service's user
    StateFacts state;
    std::vector<SocketFacts> sockets;
    std::vector<InterfaceFacts> interfaces;
    std::vector<KeyFacts> keys;
    PathFacts config;            // the configuration file; without a path where none was read
    std::size_t open_files = 0;  // at most, as far as this process may raise its limit
};

StartFacts look_at_start(const Options& options);

// Faults first.
std::vector<Finding> findings_of(const Options& options, const StartFacts& facts);

bool has_fault(const std::vector<Finding>& findings);
// A line each.
std::string text_of(const std::vector<Finding>& findings);

}  // namespace taskbbs::broker
