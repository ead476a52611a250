// The file of an ipc socket, before libzmq binds it: that library removes whatever lies at its
// path, another broker's socket or somebody's file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taskbbs::broker {

// Where an endpoint has its file: of `ipc://PATH`. Nothing of others, and of names that have none
// (`ipc://@NAME`, `ipc://*`).
std::optional<std::string> ipc_path(std::string_view endpoint);

// Why a socket must not be bound at `path`, and what to do: a process listens there, or what lies
// there is no socket. Empty where nothing is in the way: nothing is there, or the socket of a
// process that has ended.
std::string ipc_file_fault(const std::string& path);

}  // namespace taskbbs::broker
