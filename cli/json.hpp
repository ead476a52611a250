// The SDK's values as JSON, with the names and units of the wire (docs/protocol.md): times are ns,
// durations ms. Payloads and results are strings where they are UTF-8, else {"base64": "..."}. What
// leaves the command has its times spelled: with_times(). Pure.
#pragma once

#include "cli/packed_result.hpp"
#include "taskbbs/calls.hpp"

#include <nlohmann/json.hpp>
#include <string>

namespace taskbbs::cli {

using Json = nlohmann::ordered_json;

Json json_of_bytes(std::string_view bytes);

// `view`: which of its fields a task shows, see protocol::View.
Json json_of(const Task& task, protocol::View view = protocol::whole);
// The same, but a result that `taskbbs executor` wrote is unpacked: for people.
Json readable_json_of(const Task& task);
Json json_of(const Event& event);
Json json_of(const ExecutorInfo& executor);
Json json_of(const Pause& pause);
Json json_of(const Hello& hello);
Json json_of(const Converged& converged);
Json json_of(const HeartbeatAnswer& answer);
Json json_of(const Stats& stats);

// Whether a member of this name is a time: at, not_before, ..._at, ..._since.
bool is_time(std::string_view name);
// With each time, also in what is nested, as RFC 3339 to the ns; null where there is none.
Json with_times(Json document);

// On one line; what is not UTF-8 in it is replaced.
std::string line_of(const Json& json);
// The same over several lines, with an end, for people.
std::string indented(const Json& json);

}  // namespace taskbbs::cli
