// JSON from the lists of fields that the protocol keeps, and by hand where the SDK has plain
// values.
#include "cli/json.hpp"

#include "cli/shown_text.hpp"
#include "protocol/document.hpp"

#include <tuple>
#include <type_traits>

namespace taskbbs::cli {
namespace {

template <class Value>
Json json_of_member(const Value& value) {
    if constexpr (std::is_same_v<Value, Time>) {
        return value.time_since_epoch().count();
    } else if constexpr (std::is_same_v<Value, milliseconds>) {
        return value.count();
    } else if constexpr (protocol::Named<Value>) {
        return std::string{name_of(value)};
    } else {
        return value;
    }
}

Json json_of_resources(const Resources& resources) {
    Json json = Json::object();
    const auto add = [&json](const char* name, std::optional<std::int64_t> amount) {
        if (amount) {
            json[name] = *amount;
        }
    };
    add("memory_mb", resources.memory_mb);
    add("disk_mb", resources.disk_mb);
    add("cpu_percent", resources.cpu_percent);
    return json;
}

// Which rendering of a task its event holds (section 7).
protocol::View view_in(Stream stream) {
    return stream == Stream::pending || stream == Stream::completed ? protocol::header
                                                                    : protocol::slim;
}

}  // namespace

Json json_of_bytes(std::string_view bytes) {
    if (protocol::is_utf8(bytes)) {
        return std::string{bytes};
    }
    return {{"base64", base64(bytes)}};
}

Json json_of(const Task& task, protocol::View view) {
    Json json = Json::object();
    const auto add = [&](const auto& field) {
        if ((field.views & view) == 0) {
            return;
        }
        const std::string name{field.name};
        const auto& member = task.*field.member;
        if constexpr (std::is_same_v<std::decay_t<decltype(member)>, std::string>) {
            const bool bytes = field.rule.form == protocol::Rule::Form::bytes;
            json[name] = bytes ? json_of_bytes(member) : Json(member);
        } else {
            json[name] = json_of_member(member);
        }
    };
    std::apply([&](const auto&... field) { (add(field), ...); }, Task::fields());
    return json;
}

Json readable_json_of(const Task& task) {
    Json json = json_of(task);
    if (const auto result = unpack_result(task.result)) {
        json["result"] = Json{{"exit", result->exit ? Json(*result->exit) : Json{}},
                              {"signal", result->signal ? Json(*result->signal) : Json{}},
                              {"stdout", json_of_bytes(result->out)},
                              {"stderr", json_of_bytes(result->err)},
                              {"truncated", result->truncated}};
    }
    return json;
}

Json json_of(const Event& event) {
    Json json{{"seq", event.seq},
              {"stream", name_of(event.stream)},
              {"ordinal", event.ordinal},
              {"at", event.at.time_since_epoch().count()},
              {"kind", name_of(event.kind)}};
    if (event.is_executor()) {
        json["executor_id"] = event.executor_id;
        json["incarnation"] = event.incarnation;
        json["ttl_ms"] = event.ttl.count();
        json["reason"] = event.reason;
    } else if (event.is_queue()) {
        json["domain"] = event.domain;
        json["stack"] = event.stack ? Json(*event.stack) : Json{};
    } else {
        json["cause"] = name_of(event.cause);
        json["task"] = json_of(event.task, view_in(event.stream));
    }
    return json;
}

Json json_of(const ExecutorInfo& executor) {
    Json json{{"executor_id", executor.executor_id},
              {"incarnation", executor.incarnation},
              {"joined_at", executor.joined_at.time_since_epoch().count()},
              {"ttl_ms", executor.ttl.count()},
              {"expires_in_ms", executor.expires_in.count()},
              {"claimed", executor.claimed},
              {"running", executor.running},
              {"draining", executor.draining},
              {"stacks", executor.stacks},
              {"slots", executor.slots}};
    json["free"] = executor.free ? json_of_resources(*executor.free) : Json{};
    json["domains"] = executor.domains;
    return json;
}

Json json_of(const Pause& pause) {
    return {{"domain", pause.domain},
            {"stack", pause.stack ? Json(*pause.stack) : Json{}},
            {"since", pause.since.time_since_epoch().count()}};
}

Json json_of(const Hello& hello) {
    const auto& limits = hello.limits;
    return {{"server", hello.server},
            {"protocol", hello.protocol},
            {"broker_id", hello.broker_id},
            {"log", hello.log},
            {"events", hello.events},
            {"limits",
             {{"message_bytes", limits.message_bytes},
              {"reply_bytes", limits.reply_bytes},
              {"requests", limits.requests},
              {"unacked", limits.unacked},
              {"payload_bytes", limits.payload_bytes},
              {"result_bytes", limits.result_bytes}}},
            {"features", hello.features},
            {"role", hello.role},
            {"sync", hello.sync},
            {"seq", hello.seq}};
}

Json json_of(const Converged& converged) {
    return {{"kicked", converged.kicked},
            {"demoted", converged.demoted},
            {"failed", converged.failed},
            {"requeued", converged.requeued},
            {"expired", converged.expired},
            {"seq", converged.seq}};
}

Json json_of(const HeartbeatAnswer& answer) {
    return {{"ttl_ms", answer.ttl.count()}, {"stale", answer.stale}, {"draining", answer.draining}};
}

Json json_of(const Stats& stats) {
    Json json = Json::object();
    for (const auto& [name, value] : stats.values) {
        std::visit([&json, &name = name](const auto& number) { json[name] = number; }, value);
    }
    return json;
}

bool is_time(std::string_view name) {
    return name == "at" || name == "since" || name == "until" || name == "not_before" ||
           name.ends_with("_at") || name.ends_with("_since");
}

Json with_times(Json document) {
    for (auto& [name, value] : document.items()) {
        if (value.is_number_integer() && is_time(name)) {
            const Time time{Duration{value.get<std::int64_t>()}};
            value = time == protocol::no_time ? Json{} : Json(rfc3339_exact(time));
        } else if (value.is_structured()) {
            value = with_times(std::move(value));
        }
    }
    return document;
}

std::string line_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string indented(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace taskbbs::cli
