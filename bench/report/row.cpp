// From a measurement to a line.
#include "bench/report/row.hpp"

#include <algorithm>

namespace taskbbs::bench {

Row row_of(const Trial& trial, const Measured& measured) {
    const auto us = [](std::uint64_t ns) { return static_cast<double>(ns) / 1e3; };
    return {.id = trial.id,
            .system = trial.system,
            .title = trial.title,
            .per_second = static_cast<double>(measured.steps) / measured.seconds,
            .p50_us = us(measured.latency.percentile(0.5)),
            .p99_us = us(measured.latency.percentile(0.99)),
            .p999_us = us(measured.latency.percentile(0.999)),
            .max_us = us(measured.latency.max()),
            .seconds = measured.seconds,
            .server_cpu = measured.server_cpu,
            .own_cpu = measured.own_cpu,
            .refused = measured.refused,
            .trouble = measured.refusal};
}

Row median_of(std::vector<Row> runs) {
    std::sort(runs.begin(), runs.end(), [](const Row& a, const Row& b) {
        return a.has_figures() != b.has_figures() ? !a.has_figures() : a.per_second < b.per_second;
    });
    Row median = runs[(runs.size() - 1) / 2];
    for (auto& [name, figure] : median.more) {
        std::vector<double> figures;
        for (const Row& run : runs) {
            if (const auto found = run.more.find(name); found != run.more.end()) {
                figures.push_back(found->second);
            }
        }
        std::sort(figures.begin(), figures.end());
        figure = figures[(figures.size() - 1) / 2];
    }
    return median;
}

}  // namespace taskbbs::bench
