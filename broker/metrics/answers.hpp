// The three pages that are served over HTTP, as values: which path is which, and what each answers.
// Pure.
//
//     /metrics   the figures; 503 where the loop does not give them in time
//     /livez     200 `ok`; 503 where the loop does not answer: the process is to be restarted
//     /readyz    200 `ready`; 503 with a reason a line: no work is to be sent here
#pragma once

#include "broker/metrics/text.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace taskbbs::broker {

// Within so long the loop answers, or counts as hung. A turn takes about a millisecond.
inline constexpr std::chrono::seconds loop_answers_within{5};

enum class Phase : std::uint8_t { recovering, serving, stopping };

enum class Page : std::uint8_t { metrics, live, ready };

// By a request's target, a path or a whole address.
std::optional<Page> page_of(std::string_view target);

struct Answer {
    unsigned status = 200;
    std::string body;
    const char* type = "text/plain; charset=utf-8";
};

// What is known of the broker when a page is asked for. `figures` is null but while it serves, and
// while it serves where the loop did not answer.
struct Condition {
    Phase phase = Phase::recovering;
    const Figures* figures = nullptr;

    bool is_hung() const { return phase == Phase::serving && figures == nullptr; }
};

Answer answer_live(const Condition& condition);
Answer answer_ready(const Condition& condition);
Answer answer_metrics(const Condition& condition,
                      const ProcessFigures& process,
                      const DirectoryFigures& directory);
Answer answer_no_such_page();
Answer answer_no_such_method();

}  // namespace taskbbs::broker
