// What the lines of deadlines cost: a task that is touched leaves its place and joins at the end,
// whichever it is; and whose turn is next is asked.
#include "broker/core/due_lines.hpp"

#include <benchmark/benchmark.h>
#include <random>
#include <vector>

namespace taskbbs::bench {

namespace {

using core::DueLines;
using core::Slot;

void touch_any(benchmark::State& state) {
    const auto tasks = static_cast<Slot>(state.range(0));
    core::Slab<core::TaskRecord> slab;
    DueLines lines;
    for (Slot i = 0; i < tasks; ++i) {
        lines.append(slab, slab.take());
    }
    std::mt19937 random(1);
    std::vector<Slot> touched(1U << 16U);
    for (Slot& slot : touched) {
        slot = static_cast<Slot>(random() % tasks);
    }
    std::size_t at = 0;
    while (state.KeepRunning()) {
        const Slot slot = touched[at++ % touched.size()];
        lines.remove(slab, slot);
        lines.append(slab, slot);
        benchmark::DoNotOptimize(lines.first(DueLines::pending(0)));
    }
    state.SetItemsProcessed(state.iterations());
}

BENCHMARK(touch_any)->Arg(1000)->Arg(100'000)->Arg(1'000'000);

}  // namespace

}  // namespace taskbbs::bench
