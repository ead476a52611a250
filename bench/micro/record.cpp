// What an event costs on its way into a batch: its publication body, its private part, the record,
// and what it costs to read the two strings back, as replay does.
#include "broker/core/record.hpp"

#include "bench/micro/sample.hpp"
#include "broker/journal/batch.hpp"
#include "broker/tags.hpp"

#include <benchmark/benchmark.h>

namespace taskbbs::bench {

namespace {

constexpr std::uint32_t batch_events = 500;

// An event with its numbers, and the task after it.
struct Applied {
    core::Event event;
    protocol::TaskView after;
};

// Both point to `guid`.
Applied applied_to(std::string_view guid, std::int64_t place) {
    Applied made{life_of(guid)[static_cast<std::size_t>(place)], task_of(guid)};
    made.after.state = made.event.to;
    made.event.origin = {.id = 1'000'000, .acked = 999'000, .verb = core::Verb::desire};
    made.event.seq = 1'000'000;
    made.event.ordinal = 500'000;
    made.event.at = noon;
    return made;
}

// range(0): the place of the event in a task's life; 0, desired, is the only one with a payload.
void encode_into_batch(benchmark::State& state) {
    const std::string guid = guid_of(1);
    const Applied applied = applied_to(guid, state.range(0));
    journal::Batch batch;
    batch.set_first_seq(1);
    std::string body;
    std::string rest;
    while (state.KeepRunning()) {
        if (batch.count() == batch_events) {
            batch.clear();
            batch.set_first_seq(1);
        }
        body.clear();
        rest.clear();
        core::encode_body(applied.event, applied.after, body);
        core::encode_private(applied.event, applied.after, rest);
        batch.append(broker::tags_of(applied.event, applied.after), body, rest);
    }
    state.SetItemsProcessed(state.iterations());
    state.SetBytesProcessed(state.iterations() *
                            static_cast<std::int64_t>(body.size() + rest.size()));
}

void read_back(benchmark::State& state) {
    const std::string guid = guid_of(1);
    const Applied applied = applied_to(guid, state.range(0));
    std::string body;
    std::string rest;
    core::encode_body(applied.event, applied.after, body);
    core::encode_private(applied.event, applied.after, rest);
    core::RecordReader reader;
    if (!reader.read(body, rest)) {
        return state.SkipWithError("it is not what was written");
    }
    while (state.KeepRunning()) {
        benchmark::DoNotOptimize(reader.read(body, rest));
    }
    state.SetItemsProcessed(state.iterations());
}

BENCHMARK(encode_into_batch)->Arg(0)->Arg(2);
BENCHMARK(read_back)->Arg(0)->Arg(2);

}  // namespace

}  // namespace taskbbs::bench
