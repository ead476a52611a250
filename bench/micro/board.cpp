// What a request costs the board: to decide, which changes nothing, and to apply. On boards of a
// thousand and of a hundred thousand tasks, where caches do not help any more.
#include "bench/micro/sample.hpp"
#include "broker/core/decide.hpp"

#include <benchmark/benchmark.h>

namespace taskbbs::bench {

namespace {

// Names of tasks on the board, far from each other.
std::vector<std::string> some_of(std::size_t tasks) {
    constexpr std::size_t stride = 7919;  // a prime
    std::vector<std::string> guids;
    for (std::size_t i = 0; i < 1024; ++i) {
        guids.push_back(guid_of(i * stride % tasks));
    }
    return guids;
}

// `accepted`: what they come to, so that nothing else is measured by mistake.
template <class MakeArgs>
void decide_all(benchmark::State& state, bool accepted, MakeArgs make_args) {
    const auto tasks = static_cast<std::size_t>(state.range(0));
    core::Board board{core::Settings{}};
    fill(board, tasks);
    board.begin_serving(noon);
    const std::vector<std::string> guids = some_of(tasks);
    if (core::decide(board, make_args(guids.front()), noon).has_value() != accepted) {
        return state.SkipWithError("it comes to something else");
    }
    std::size_t at = 0;
    while (state.KeepRunning()) {
        const auto args = make_args(guids[at++ % guids.size()]);
        benchmark::DoNotOptimize(core::decide(board, args, noon));
    }
    state.SetItemsProcessed(state.iterations());
}

void decide_claim(benchmark::State& state) {
    decide_all(state, true, [](const std::string& guid) {
        return protocol::ClaimArgs{.guid = guid, .executor_id = "cell-7"};
    });
}

// One that is there: `already_exists`, without an event.
void decide_desire_again(benchmark::State& state) {
    decide_all(
        state, false, [](const std::string& guid) { return protocol::DesireArgs{task_of(guid)}; });
}

void decide_desire(benchmark::State& state) {
    decide_all(state, true, [](const std::string&) {
        return protocol::DesireArgs{task_of("a-task-that-nobody-knows")};
    });
}

// A task's whole life, found by its name at each event. Items are events.
void apply_all(benchmark::State& state, bool serving) {
    core::Board board{core::Settings{}};
    fill(board, static_cast<std::size_t>(state.range(0)));
    if (serving) {
        board.begin_serving(noon);
    }
    const std::string guid = "a-task-that-comes-and-goes";
    auto life = life_of(guid);
    core::RequestId id = state.range(0);
    while (state.KeepRunning()) {
        board.begin_batch(noon, noon);
        for (core::Event& event : life) {
            event.origin.acked = id;
            event.origin.id = ++id;
            event.origin.verb = core::Verb::start;
            board.number(event, noon);
            benchmark::DoNotOptimize(board.apply(event));
        }
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(life.size()));
}

void apply_in_life(benchmark::State& state) {
    apply_all(state, true);
}

// Without the orders over the tasks, which are made when serving begins.
void apply_in_replay(benchmark::State& state) {
    apply_all(state, false);
}

BENCHMARK(decide_desire)->Arg(1000)->Arg(100'000);
BENCHMARK(decide_desire_again)->Arg(1000)->Arg(100'000);
BENCHMARK(decide_claim)->Arg(1000)->Arg(100'000);
BENCHMARK(apply_in_life)->Arg(1000)->Arg(100'000);
BENCHMARK(apply_in_replay)->Arg(1000)->Arg(100'000);

}  // namespace

}  // namespace taskbbs::bench
