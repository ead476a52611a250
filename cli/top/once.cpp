// One picture, without a terminal.
#include "cli/top/once.hpp"

#include "cli/top/link.hpp"
#include "cli/top/picture_json.hpp"
#include "cli/top/view.hpp"

#include <algorithm>
#include <cstdio>
#include <poll.h>

namespace taskbbs::cli::top {
namespace {

constexpr std::chrono::seconds looking{1};
// A file has no width: enough for long names.
constexpr int report_columns = 120;

// Waits for what comes next, until then at the most.
void wait_for_news(const Link& link, std::chrono::steady_clock::time_point until) {
    const auto next = std::min(link.deadline(), until);
    const auto left = std::chrono::ceil<milliseconds>(next - now().steady).count();
    ::pollfd polled{.fd = link.descriptor(), .events = POLLIN, .revents = 0};
    ::poll(&polled, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 1000)));
}

std::string text_of(const Picture& picture, const Situation& situation) {
    std::string text;
    for (const Line& line : report(picture, situation, report_columns)) {
        text += line.text() + "\n";
    }
    return text;
}

Error too_late() {
    return {.code = Code::timed_out, .message = "the board was not read in time"};
}

}  // namespace

Exit run_once(Connection& connection, Printer printer) {
    BoardModel model;
    Link link{connection.client(), model};
    const auto deadline = now().steady + connection.remaining().timeout;
    std::optional<std::chrono::steady_clock::time_point> until;
    while (!until || now().steady < *until || link.answers() < 2) {
        if (const auto failure = link.failure()) {
            return connection.failed(*failure);
        }
        if (now().steady >= deadline) {
            return connection.failed(too_late());
        }
        link.ask();
        wait_for_news(link, until && *until > now().steady ? *until : deadline);
        link.take();
        if (link.feed().watching() && !until) {
            until = now().steady + looking;
        }
    }
    const auto at = now();
    const auto picture = model.picture({.most_tasks = most_report_rows}, at.wall);
    const Situation situation{.endpoint = connection.endpoint(),
                              .now = at.wall,
                              .away_since = link.feed().away_since(at),
                              .listed = link.feed().listed()};
    if (printer.json()) {
        printer.record(document_of(picture));
    } else {
        printer.words(text_of(picture, situation));
    }
    printer.flush();
    return printer.exit();
}

}  // namespace taskbbs::cli::top
