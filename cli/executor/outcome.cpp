// Endings as outcomes, in either form.
#include "cli/executor/outcome.hpp"

#include "cli/failure.hpp"
#include "cli/shown_text.hpp"

#include <fmt/format.h>

namespace taskbbs::cli {
namespace {

bool has_failed(const Ending& ending) {
    return !ending.trouble.empty() || ending.limit || ending.result.exit != 0;
}

std::string last_line_of(std::string_view text) {
    constexpr std::size_t longest = 900;  // of the KiB that a reason may have
    const auto end = text.find_last_not_of(" \t\r\n");
    if (end == std::string_view::npos) {
        return {};
    }
    text = text.substr(0, end + 1);
    const auto newline = text.rfind('\n');
    const auto begin = newline == std::string_view::npos ? 0 : newline + 1;
    return escaped(text.substr(begin), longest);
}

Outcome plain_outcome_of(const Ending& ending) {
    const CommandResult& result = ending.result;
    Outcome outcome{.failed = has_failed(ending) || result.truncated,
                    .failure_reason = {},
                    .result = result.truncated ? std::string{} : result.out};
    if (result.truncated) {  // and was ended for that
        outcome.failure_reason = "its output is longer than a result may be (limits.result_bytes)";
        return outcome;
    }
    if (!has_failed(ending)) {
        return outcome;
    }
    outcome.failure_reason = words_of(ending);
    const auto said = ending.trouble.empty() ? last_line_of(result.err) : std::string{};
    if (!said.empty()) {
        outcome.failure_reason += ": " + said;
    }
    return outcome;
}

}  // namespace

Outcome outcome_of(const Ending& ending, ResultForm form) {
    if (form == ResultForm::plain) {
        return plain_outcome_of(ending);
    }
    const bool failed = has_failed(ending);
    return {.failed = failed,
            .failure_reason = failed ? words_of(ending) : std::string{},
            .result = pack(ending.result)};
}

std::string words_of(const Ending& ending) {
    if (!ending.trouble.empty()) {
        return ending.trouble;
    }
    const auto status = ending.result.signal
                            ? fmt::format("killed by signal {}", *ending.result.signal)
                            : fmt::format("exit status {}", ending.result.exit.value_or(0));
    return ending.limit
               ? fmt::format("ran longer than --run-timeout {}, {}", spelled(*ending.limit), status)
               : status;
}

}  // namespace taskbbs::cli
