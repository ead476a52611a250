// The report as a document.
#include "cli/bench/report.hpp"

#include <cmath>

namespace taskbbs::cli::bench {
namespace {

double tenths(double number) {
    return std::round(number * 10) / 10;
}

}  // namespace

Json json_of(const Report& report) {
    const auto& latencies = report.latencies;
    const double rate = report.seconds > 0 ? static_cast<double>(report.steps) / report.seconds : 0;
    return {{"clients", report.clients},
            {"in_flight", report.in_flight},
            {"payload_bytes", report.payload_bytes},
            {"seconds", std::round(report.seconds * 1000) / 1000},
            {"steps", report.steps},
            {"steps_per_s", std::llround(rate)},
            {"p50_us", tenths(latencies.percentile_us(0.5))},
            {"p99_us", tenths(latencies.percentile_us(0.99))},
            {"p99_9_us", tenths(latencies.percentile_us(0.999))},
            {"lost", report.lost}};
}

}  // namespace taskbbs::cli::bench
