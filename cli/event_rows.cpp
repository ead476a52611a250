// Rows of events.
#include "cli/event_rows.hpp"

#include <fmt/format.h>

namespace taskbbs::cli {
namespace {

// One word for what is behind an event, where its kind does not say it.
std::string reason_of(const Event& event) {
    if (event.is_executor()) {
        return event.reason;
    }
    if (event.is_queue()) {
        return event.stack ? fmt::format("stack '{}'", *event.stack) : "every stack";
    }
    if (event.kind == Kind::rejected && event.stream == Stream::pending) {
        return event.task.rejection_reason;
    }
    if (!event.task.failure_reason.empty()) {
        return event.task.failure_reason;
    }
    return event.cause == Cause::request ? std::string{} : std::string{name_of(event.cause)};
}

std::string domain_of(const Event& event) {
    if (event.is_queue()) {
        return event.domain;
    }
    return event.is_task() ? event.task.domain : std::string{};
}

Json row_of(const Event& event) {
    return {{"at", event.at.time_since_epoch().count()},
            {"seq", event.seq},
            {"stream", name_of(event.stream)},
            {"kind", name_of(event.kind)},
            {"ordinal", event.ordinal},
            {"domain", domain_of(event)},
            {"cause", event.is_task() ? std::string{name_of(event.cause)} : std::string{}},
            {"epoch", event.task.epoch},
            {"guid", event.task.guid},
            {"executor_id", event.is_executor() ? event.executor_id : event.task.executor_id},
            {"reason", reason_of(event)}};
}

}  // namespace

std::vector<Column> event_columns() {
    return {{"at", 24},
            {.key = "seq", .width = 8, .spare = true},
            {.key = "stream", .width = 9, .spare = true},
            {"kind", 9},
            {"ordinal", 8, true},
            {"domain", 8, true},
            {"guid", 16},
            {"executor_id", 12},
            {"epoch", 8, true},
            {"cause", 8, true},
            {"reason"}};
}

void show_event(Printer& printer, const Event& event) {
    printer.item(printer.json() ? json_of(event) : row_of(event));
}

std::vector<Stream> streams_of(const Arguments& arguments, std::string_view option) {
    std::vector<Stream> streams;
    for (const auto& name : arguments.names(option)) {
        streams.push_back(named<Stream>(name).value());
    }
    return streams;
}

}  // namespace taskbbs::cli
