// Documents of states, queues, executors, tasks and the broker's figures.
#include "cli/top/picture_json.hpp"

namespace taskbbs::cli::top {
namespace {

template <class Value>
Json or_null(const std::optional<Value>& value) {
    return value ? Json(*value) : Json{};
}

Json ms_of(Duration duration) {
    return std::chrono::duration_cast<milliseconds>(duration).count();
}

Json ms_of(const std::optional<Duration>& duration) {
    return duration ? ms_of(*duration) : Json{};
}

Json states_of(const Picture& picture) {
    Json states = Json::object();
    for (const StateRow& row : picture.states) {
        Json& state = states[std::string{name_of(row.state)}];
        if (row.state != State::resolved) {
            state["tasks"] = row.tasks;
            state["oldest_ms"] = ms_of(row.oldest);
        }
        state["per_second"] = row.per_second;
    }
    return states;
}

Json queue_document(const QueueRow& row) {
    return {{"domain", row.domain},
            {"stack", or_null(row.stack)},
            {"pending", row.pending},
            {"claimed", row.claimed},
            {"running", row.running},
            {"oldest_ms", ms_of(row.oldest)},
            {"paused", row.paused}};
}

Json executor_document(const ExecutorRow& row) {
    return {{"executor_id", row.executor_id},
            {"stacks", row.stacks},
            {"load", or_null(row.load())},
            {"claimed", row.claimed},
            {"running", row.running},
            {"slots", row.slots},
            {"draining", row.draining},
            {"expires_in_ms", row.expires_in.count()}};
}

Json task_document(const TaskRow& row) {
    return {{"guid", row.guid},
            {"state", name_of(row.state)},
            {"failed", row.failed},
            {"age_ms", ms_of(row.age)},
            {"domain", row.domain},
            {"stack", or_null(row.stack)},
            {"executor_id", row.executor_id}};
}

Json broker_document(const BrokerFigures& figures) {
    return {{"uptime_ms", figures.uptime_ms},
            {"seq", figures.seq},
            {"sync", figures.sync},
            {"sync_mean_us", or_null(figures.sync_mean_us)},
            {"sync_max_us", or_null(figures.sync_max_us)},
            {"loop_longest_us", or_null(figures.loop_longest_us)},
            {"syncs_per_second", or_null(figures.syncs_per_second)},
            {"events_per_second", or_null(figures.events_per_second)},
            {"requests_per_second", or_null(figures.requests_per_second)},
            {"events_per_batch", or_null(figures.events_per_batch)},
            {"journal_bytes", figures.journal_bytes},
            {"journal_bytes_per_second", or_null(figures.bytes_per_second)},
            {"snapshots", figures.snapshots},
            {"snapshot_failures", figures.snapshot_failures},
            {"connections", figures.connections},
            {"sessions", figures.sessions},
            {"waiting_acquires", figures.waiting_acquires},
            {"executors", figures.executors},
            {"brake", figures.brake},
            {"read_only", figures.read_only}};
}

template <class Row, class Document>
Json list_of(const std::vector<Row>& rows, Document document) {
    Json list = Json::array();
    for (const Row& row : rows) {
        list.push_back(document(row));
    }
    return list;
}

}  // namespace

Json document_of(const Picture& picture) {
    return {{"whole", picture.whole},
            {"tasks", picture.on_board},
            {"tasks_held", picture.held},
            {"states", states_of(picture)},
            {"queues", list_of(picture.queues, queue_document)},
            {"executors", list_of(picture.executors, executor_document)},
            {"slowest", list_of(picture.tasks, task_document)},
            {"broker", picture.broker ? broker_document(*picture.broker) : Json{}}};
}

}  // namespace taskbbs::cli::top
