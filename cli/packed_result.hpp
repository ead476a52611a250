// What `taskbbs executor` puts into a task's result, packed and unpacked. One MessagePack map,
// final for other languages to read:
//
//     {"exit": int or nil, "signal": int or nil, "stdout": bin, "stderr": bin, "truncated": bool}
//
// `exit` is the exit status 0..255, nil when a signal ended the command; then `signal` is its
// number, else nil. `truncated`: one of the two outputs was longer than what is kept, its
// beginning.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace taskbbs::cli {

struct CommandResult {
    std::optional<int> exit;
    std::optional<int> signal;
    std::string out;
    std::string err;
    bool truncated = false;

    bool operator==(const CommandResult&) const = default;
};

std::string pack(const CommandResult& result);

// Nothing where the bytes are not such a map: anybody may write a result.
std::optional<CommandResult> unpack_result(std::string_view bytes);

// How many bytes of each output can be kept so that pack() stays within `result_bytes`.
std::size_t output_bound(std::size_t result_bytes);

}  // namespace taskbbs::cli
