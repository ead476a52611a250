// States and figures.
#include "cli/top/overview.hpp"

#include "cli/shown_text.hpp"
#include "cli/top/grid.hpp"

#include <fmt/format.h>

namespace taskbbs::cli::top {
namespace {

// Of the figures; they stand beside the states from this width on.
constexpr int figures_column = 42;
constexpr int two_parts_from = 76;

std::string time_of_day(Time time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
    return fmt::format("{:02}:{:02}:{:02}Z",
                       clock.hours().count(),
                       clock.minutes().count(),
                       clock.seconds().count());
}

Span status_of(const Picture& picture, const Situation& situation) {
    if (situation.away_since) {
        return {fmt::format("no answer since {}, for {}",
                            time_of_day(*situation.away_since),
                            spelled_age(situation.now - *situation.away_since)),
                Style::bad};
    }
    if (!picture.broker) {
        return {"asking", Style::warning};
    }
    if (picture.listing) {
        return {fmt::format("listing {} of {}",
                            spelled_count(situation.listed),
                            spelled_count(picture.on_board)),
                Style::warning};
    }
    return {fmt::format("live {}", time_of_day(situation.now)), Style::good};
}

std::string rate_of(std::optional<double> rate) {
    return rate ? spelled_rate(*rate) : std::string{"-"};
}

Line labelled(std::string_view label, std::string text, Style style = Style::plain) {
    Line line{fmt::format("{:10}", label), Style::dim};
    line.add(std::move(text), style);
    return line;
}

Line sync_line(const BrokerFigures& figures) {
    if (figures.sync == "never") {
        return labelled("sync", "never: a crash loses events", Style::warning);
    }
    if (!figures.sync_mean_us || !figures.sync_max_us) {
        return labelled("sync", fmt::format("{}/s", rate_of(figures.syncs_per_second)));
    }
    return labelled("sync",
                    fmt::format("mean {}  max {}",
                                spelled_latency(*figures.sync_mean_us),
                                spelled_latency(*figures.sync_max_us)));
}

Line snapshots_line(const BrokerFigures& figures) {
    const bool failed = figures.snapshot_failures > 0;
    return labelled("snapshots",
                    failed ? fmt::format("{} taken, {} failed",
                                         spelled_count(figures.snapshots),
                                         spelled_count(figures.snapshot_failures))
                           : fmt::format("{} taken", spelled_count(figures.snapshots)),
                    failed ? Style::bad : Style::plain);
}

// As many as the states have.
std::vector<Line> figure_lines(const BrokerFigures& figures) {
    Line title{"BROKER", Style::heading};
    title.add(fmt::format("  up {}", spelled_age(milliseconds{figures.uptime_ms})));
    const auto per_batch = figures.events_per_batch
                               ? fmt::format(" of {:.1f} events", *figures.events_per_batch)
                               : std::string{};
    const auto growth = figures.bytes_per_second
                            ? fmt::format("  +{}/s", spelled_bytes(*figures.bytes_per_second))
                            : std::string{};
    return {
        std::move(title),
        sync_line(figures),
        labelled("syncs", fmt::format("{}/s{}", rate_of(figures.syncs_per_second), per_batch)),
        labelled("journal", spelled_bytes(static_cast<double>(figures.journal_bytes)) + growth),
        labelled(
            "events",
            fmt::format(
                "{}/s  seq {}", rate_of(figures.events_per_second), spelled_count(figures.seq))),
        labelled("clients",
                 fmt::format("{}  {} req/s  {} wait",
                             spelled_count(figures.connections),
                             rate_of(figures.requests_per_second),
                             spelled_count(figures.waiting_acquires))),
        snapshots_line(figures),
    };
}

std::vector<Line> state_lines(const Picture& picture, int columns) {
    Grid grid{{{.title = "STATE", .worth = 3},
               {.title = "    TASKS", .align = Align::right, .worth = 2},
               {.title = " PER SEC", .align = Align::right, .worth = 1},
               {.title = "OLDEST", .align = Align::right}}};
    for (const StateRow& row : picture.states) {
        const bool gone = row.state == State::resolved;
        grid.add({std::string{name_of(row.state)},
                  gone ? "-" : spelled_count(row.tasks),
                  spelled_rate(row.per_second),
                  row.oldest ? spelled_age(*row.oldest) : "-"});
    }
    grid.fit(columns);
    std::vector<Line> lines{grid.title(Style::heading)};
    for (std::size_t i = 0; i < grid.rows(); ++i) {
        lines.push_back(grid.row(i, Style::plain));
    }
    return lines;
}

std::vector<Line> worries(const Picture& picture) {
    std::vector<Line> lines;
    if (!picture.whole && !picture.listing && picture.broker) {
        lines.emplace_back(fmt::format("The board has {} tasks: ages and rows are of the {} held.",
                                       spelled_count(picture.on_board),
                                       spelled_count(picture.held)),
                           Style::warning);
    }
    if (picture.broker && picture.broker->read_only) {
        lines.emplace_back("Read only: the broker's disk is nearly full, new tasks are refused.",
                           Style::bad);
    }
    if (picture.broker && picture.broker->brake) {
        lines.emplace_back("The brake holds: many executors ran out at once, none is lost for now.",
                           Style::bad);
    }
    return lines;
}

}  // namespace

Line top_line(Line subject, const Picture& picture, const Situation& situation, int columns) {
    const Span status = status_of(picture, situation);
    const int room = std::max(0, columns - width_of(status.text) - 2);
    subject.cut_to(room).pad_to(room + 2);
    return subject.add(status.text, status.style).cut_to(columns);
}

std::vector<Line> overview(const Picture& picture, int columns) {
    const bool beside = columns >= two_parts_from;
    auto lines = state_lines(picture, beside ? figures_column - 2 : columns);
    const auto figures = picture.broker ? figure_lines(*picture.broker) : std::vector<Line>{};
    for (std::size_t i = 0; i < figures.size(); ++i) {
        if (!beside) {
            lines.push_back(figures[i]);
            continue;
        }
        lines[i].pad_to(figures_column);
        for (const Span& span : figures[i].spans()) {
            lines[i].add(span.text, span.style);
        }
    }
    for (Line& line : worries(picture)) {
        lines.push_back(std::move(line));
    }
    return lines;
}

}  // namespace taskbbs::cli::top
