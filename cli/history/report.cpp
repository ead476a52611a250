// A table of events and a line of sums, or a document.
#include "cli/history/report.hpp"

#include "cli/shown_text.hpp"
#include "cli/table.hpp"
#include "cli/time_words.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace taskbbs::cli {
namespace {

constexpr std::array shown_states{
    State::pending, State::claimed, State::running, State::completed, State::resolving};

// The stay that this event began, or nullptr.
const Stay* stay_from(const Life& life, std::size_t event) {
    const auto at = std::ranges::lower_bound(life.stays, event, {}, &Stay::first);
    return at != life.stays.end() && at->first == event ? &*at : nullptr;
}

std::string took(const Life& life, std::size_t event, Time now) {
    const Stay* stay = stay_from(life, event);
    if (stay == nullptr) {
        return {};
    }
    return span_text(length_of(*stay, now)) + (stay->until ? "" : " so far");
}

std::string note_of(const Life& life, const Fold& fold) {
    const Event& last = life.events[fold.first + fold.count - 1];
    return fold.count > 1 ? "the last one at " + rfc3339(last.at)
                          : detail_of(life.events[fold.first]);
}

Json row_of(const Life& life, const Fold& fold, Time now) {
    const Event& event = life.events[fold.first];
    const auto times = fold.count > 1 ? fmt::format(" x{}", fold.count) : std::string{};
    return {{"at", event.at.time_since_epoch().count()},
            {"seq", event.seq},
            {"event", std::string{name_of(event.kind)} + times},
            {"for", took(life, fold.first, now)},
            {"cause", name_of(event.cause)},
            {"executor_id", event.task.executor_id}};
}

std::string sums_in_words(const Life& life, Time now) {
    std::string text;
    for (const State state : shown_states) {
        if (const auto time = time_in(life, state, now)) {
            text += fmt::format("{} {}, ", name_of(state), span_text(*time));
        }
    }
    return fmt::format(
        "{}{}{} in all", text, life.begins ? "" : "at least ", span_text(length_of(life, now)));
}

Json json_of_events(const Life& life, Time now) {
    Json events = Json::array();
    for (std::size_t i = 0; i < life.events.size(); ++i) {
        const Event& event = life.events[i];
        const Stay* stay = stay_from(life, i);
        events.push_back(
            {{"seq", event.seq},
             {"at", event.at.time_since_epoch().count()},
             {"kind", name_of(event.kind)},
             {"state", name_of(event.stream)},
             {"cause", name_of(event.cause)},
             {"executor_id", event.task.executor_id},
             {"epoch", event.task.epoch},
             {"detail", detail_of(event)},
             {"state_ns", stay != nullptr ? Json(length_of(*stay, now).count()) : Json{}}});
    }
    return events;
}

Json json_of_stays(const Life& life, Time now) {
    Json stays = Json::array();
    for (const Stay& stay : life.stays) {
        stays.push_back(
            {{"state", name_of(stay.state)},
             {"since", stay.since.time_since_epoch().count()},
             {"until", stay.until ? Json(stay.until->time_since_epoch().count()) : Json{}},
             {"took_ns", length_of(stay, now).count()}});
    }
    return stays;
}

}  // namespace

std::string life_in_words(std::string_view guid,
                          const Life& life,
                          std::optional<Seq> oldest,
                          Time now,
                          const Terminal& terminal) {
    std::string text{guid};
    if (!life.begins) {
        text +=
            fmt::format(": its beginning is not kept any more, the journal goes back to event {}",
                        oldest.value_or(life.events.front().seq));
    }
    Table table{
        {{"at", 24}, {.key = "seq", .spare = true}, {"event"}, {"for"}, {"cause"}, {"executor_id"}},
        terminal};
    for (const Fold& fold : folds_of(life)) {
        table.add(row_of(life, fold, now), note_of(life, fold));
    }
    return fmt::format("{}\n{}{}\n", text, table.text(), sums_in_words(life, now));
}

Json life_as_json(std::string_view guid, const Life& life, std::optional<Seq> oldest, Time now) {
    Json totals = Json::object();
    for (const State state : shown_states) {
        if (const auto time = time_in(life, state, now)) {
            totals[std::string{name_of(state)} + "_ns"] = time->count();
        }
    }
    totals["all_ns"] = length_of(life, now).count();
    return {{"guid", guid},
            {"truncated", !life.begins},
            {"oldest", oldest ? Json(*oldest) : Json{}},
            {"gone", life.is_over()},
            {"events", json_of_events(life, now)},
            {"states", json_of_stays(life, now)},
            {"totals", totals}};
}

}  // namespace taskbbs::cli
