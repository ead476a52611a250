// Reading an event by the contract's names alone.
#include "tests/simulation/fact.hpp"

#include "protocol/document.hpp"
#include "tests/simulation/finding.hpp"

#include <functional>

namespace taskbbs::simulation {

namespace {

using protocol::Value;

std::string text(Value map, std::string_view key) {
    return std::string(map.at(key).str().value_or(std::string_view()));
}

std::string bytes(Value map, std::string_view key) {
    return std::string(map.at(key).bin().value_or(std::string_view()));
}

std::int64_t number(Value map, std::string_view key, std::int64_t absent = 0) {
    return map.at(key).integer().value_or(absent);
}

void read_task(Value task, Fact& fact) {
    fact.guid = text(task, "guid");
    fact.domain = text(task, "domain");
    fact.stack = text(task, "stack");
    fact.state = text(task, "state");
    if (fact.state.empty()) fact.state = "pending";
    fact.executor_id = text(task, "executor_id");
    fact.container_handle = text(task, "container_handle");
    fact.epoch = number(task, "epoch");
    fact.task_seq = number(task, "seq");
    fact.not_before = number(task, "not_before");
    fact.failed = task.at("failed").boolean().value_or(false);
    fact.failure_reason = text(task, "failure_reason");
    fact.rejection_count = number(task, "rejection_count");
    fact.max_rejections = number(task, "max_rejections", 3);
    fact.rejection_reason = text(task, "rejection_reason");
}

}  // namespace

std::uint64_t hash_of_record(std::string_view body, std::string_view rest) {
    const std::uint64_t a = std::hash<std::string_view>()(body);
    const std::uint64_t b = std::hash<std::string_view>()(rest);
    return a * 31 + b;
}

Fact read_fact(std::string_view body, std::string_view rest) {
    protocol::Document body_document;
    protocol::Document rest_document;
    const auto map = body_document.parse(body);
    const auto secret = rest_document.parse(rest);
    expect(map && secret, "a record that is no MessagePack was written");
    Fact fact;
    fact.hash = hash_of_record(body, rest);
    fact.seq = number(*map, "seq");
    fact.stream = text(*map, "stream");
    if (fact.stream.empty()) fact.stream = "pending";
    fact.ordinal = number(*map, "ordinal");
    fact.at = number(*map, "at");
    fact.kind = text(*map, "kind");
    if (fact.kind.empty()) fact.kind = "desired";
    fact.cause = text(*map, "cause");
    if (fact.cause.empty()) fact.cause = "request";
    if (fact.stream == "executor") {
        fact.executor_id = text(*map, "executor_id");
        fact.incarnation = text(*map, "incarnation");
        fact.reason = text(*map, "reason");
    } else if (fact.stream == "queue") {
        fact.domain = text(*map, "domain");
        fact.stack = text(*map, "stack");
        fact.has_stack = !map->at("stack").is_nil();
    } else {
        read_task(map->at("task"), fact);
        fact.payload = bytes(*secret, "p");
        fact.annotation = bytes(*secret, "a");
        fact.result = bytes(*secret, "r");
    }
    fact.asker = {.session = bytes(*secret, "s"),
                  .id = number(*secret, "i"),
                  .acked = number(*secret, "k"),
                  .verb = text(*secret, "v")};
    return fact;
}

}  // namespace taskbbs::simulation
