// The documents.
#include "cli/server/report.hpp"

#include "cli/shown_text.hpp"
#include "cli/table.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <sstream>

namespace taskbbs::cli {
namespace {

std::int64_t ns(Time time) {
    return time.time_since_epoch().count();
}

Json ms_or_null(const std::optional<milliseconds>& duration) {
    return duration ? Json(duration->count()) : Json{};
}

Json client_of(const Findings& findings) {
    const Machine& machine = findings.machine;
    return {{"version", machine.version},
            {"libzmq", machine.libzmq},
            {"msgpack", machine.msgpack},
            {"system", machine.system},
            {"distribution", machine.distribution},
            {"processors", machine.processors},
            {"endpoint", findings.endpoint},
            {"context", findings.context}};
}

// The broker's clock is read about half way between.
Json connection_of(const RoundTrip& round_trip, const Stats& stats) {
    const Duration took = round_trip.received - round_trip.sent;
    Json json{
        {"round_trip_us", std::chrono::duration_cast<std::chrono::microseconds>(took).count()},
        {"clock_ahead_ms", nullptr}};
    const auto at = stats.values.find("at");
    if (at != stats.values.end() && std::holds_alternative<std::int64_t>(at->second)) {
        const Time theirs{Duration{std::get<std::int64_t>(at->second)}};
        const Duration ahead = theirs - (round_trip.sent + took / 2);
        json["clock_ahead_ms"] = std::chrono::duration_cast<milliseconds>(ahead).count();
    }
    return json;
}

// Neither what it is about nor who did it.
Json json_of_kind(const Event& event) {
    Json json{{"seq", event.seq},
              {"at", ns(event.at)},
              {"stream", name_of(event.stream)},
              {"kind", name_of(event.kind)}};
    if (!event.is_executor() && !event.is_queue()) {
        json["cause"] = name_of(event.cause);
    }
    return json;
}

std::string indented_lines(const std::string& text) {
    std::istringstream lines(text);
    std::string out;
    for (std::string line; std::getline(lines, line);) {
        out += fmt::format("  {}\n", line);
    }
    return out;
}

// A line for each item: its members' values.
std::string rows_of(const Json& items) {
    std::string out;
    for (const Json& item : items) {
        std::string line;
        for (const auto& [name, value] : item.items()) {
            line += fmt::format("  {}", cell_of(name, value, std::string::npos));
        }
        out += line + "\n";
    }
    return out;
}

}  // namespace

Json info_of(const std::string& endpoint, const Hello& hello, const Stats& stats) {
    Json json{{"endpoint", endpoint}};
    json.update(json_of(hello));
    json["stats"] = json_of(stats);
    return json;
}

void ExecutorSums::add(const ExecutorInfo& executor) {
    ++count_;
    draining_ += executor.draining ? 1 : 0;
    slots_ += executor.slots;
    claimed_ += executor.claimed;
    running_ += executor.running;
    run_out_ += executor.expires_in <= milliseconds{0} ? 1 : 0;
    shortest_ttl_ = std::min(shortest_ttl_.value_or(executor.ttl), executor.ttl);
    longest_ttl_ = std::max(longest_ttl_.value_or(executor.ttl), executor.ttl);
}

Json ExecutorSums::json() const {
    return {{"counted", count_},
            {"draining", draining_},
            {"run_out", run_out_},
            {"slots", slots_},
            {"claimed", claimed_},
            {"running", running_},
            {"shortest_ttl_ms", ms_or_null(shortest_ttl_)},
            {"longest_ttl_ms", ms_or_null(longest_ttl_)}};
}

Json report_of(const Findings& findings) {
    Json report{{"report", {{"format", 1}, {"made_at", ns(findings.made_at)}}},
                {"client", client_of(findings)},
                {"connection", nullptr},
                {"broker", findings.hello ? json_of(*findings.hello) : Json{}},
                {"stats", findings.stats ? json_of(*findings.stats) : Json{}},
                {"executors", findings.executors ? findings.executors->json() : Json{}},
                {"events", nullptr},
                {"missing", Json::array()}};
    if (findings.stats) {
        report["connection"] = connection_of(findings.round_trip, *findings.stats);
    }
    if (findings.events) {
        report["events"] = Json::array();
        for (const Event& event : *findings.events) {
            report["events"].push_back(json_of_kind(event));
        }
    }
    for (const auto& [part, why] : findings.missing) {
        report["missing"].push_back({{"part", part}, {"why", why}});
    }
    return report;
}

std::string report_in_words(const Json& report) {
    std::string text;
    for (const auto& [part, content] : report.items()) {
        if (content.empty()) {
            continue;
        }
        text += fmt::format("{}{}\n", text.empty() ? "" : "\n", part);
        text += content.is_array() ? rows_of(content) : indented_lines(record(content, true));
    }
    return text;
}

}  // namespace taskbbs::cli
