// How a command ended, or why it did not even run.
#pragma once

#include "cli/packed_result.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace taskbbs::cli {

struct Ending {
    CommandResult result;
    std::string trouble;  // empty: it ran
    // The run time limit that it was ended for.
    std::optional<std::chrono::milliseconds> limit;
};

// The result then has neither exit status nor signal, and the reason in place of standard error.
inline Ending not_run(const std::string& why) {
    return {.result = {.err = why}, .trouble = why, .limit = std::nullopt};
}

}  // namespace taskbbs::cli
