// Columns of fixed width.
#include "bench/report/text.hpp"

#include <fmt/format.h>
#include <iterator>

namespace taskbbs::bench {

namespace {

std::string remarks_of(const Row& row) {
    std::string remarks;
    const auto remark = [&remarks](std::string_view text) {
        remarks += remarks.empty() ? "" : "; ";
        remarks += text;
    };
    if (row.refused > 0) {
        remark(fmt::format("{} REFUSED, figures mean nothing: {}", row.refused, row.trouble));
    } else if (!row.trouble.empty()) {
        remark(row.trouble);
    } else if (row.generator_bound()) {
        remark("generator-bound");
    }
    for (const auto& [name, value] : row.more) {
        remark(fmt::format("{} {:.6g}", name, value));
    }
    return remarks;
}

}  // namespace

std::string text_of(const Machine& machine) {
    return fmt::format(
        "machine: {} cores of {}, {}, {}\ndisk: write + fdatasync of 4 KiB in {}: "
        "p50 {:.0f} us, p99 {:.0f} us, the longest {:.1f} ms\n",
        machine.cores,
        machine.cpu,
        machine.memory,
        machine.kernel,
        machine.directory,
        machine.syncs.p50_us,
        machine.syncs.p99_us,
        machine.syncs.longest_us / 1000);
}

std::string text_of(const std::vector<Row>& rows) {
    std::string text = fmt::format("{:<11}{:<39}{:>9}{:>9}{:>9}{:>9}{:>9}{:>8}{:>8}{:>9}\n",
                                   "system",
                                   "load",
                                   "steps/s",
                                   "p50 us",
                                   "p99",
                                   "p99.9",
                                   "max",
                                   "cpu s",
                                   "gen s",
                                   "us/step");
    for (const Row& row : rows) {
        fmt::format_to(
            std::back_inserter(text),
            "{:<11}{:<39}{:>9.0f}{:>9.0f}{:>9.0f}{:>9.0f}{:>9.0f}{:>8.2f}{:>8.2f}{:>9.1f}  {}\n",
            row.system,
            row.title,
            row.per_second,
            row.p50_us,
            row.p99_us,
            row.p999_us,
            row.max_us,
            row.server_cpu,
            row.own_cpu,
            row.cpu_of_step(),
            remarks_of(row));
    }
    return text;
}

std::string text_of(const std::vector<Ratio>& ratios) {
    if (ratios.empty()) {
        return {};
    }
    std::string text = fmt::format("{:<62}{:>10}{:>14}\n", "goal", "is", "to be");
    for (const Ratio& ratio : ratios) {
        fmt::format_to(std::back_inserter(text),
                       "{:<62}{:>10.2f}{:>5}{:>9.2f}  {}\n",
                       ratio.what,
                       ratio.value,
                       ratio.at_most ? "<=" : ">=",
                       ratio.goal,
                       ratio.reached() ? "reached" : "missed");
    }
    return text;
}

std::string promises_of(const std::vector<Row>& rows) {
    std::string text;
    for (const System& system : systems_of(rows)) {
        text += fmt::format("{:<12}{}\n", system.name, system.promise);
    }
    return text;
}

}  // namespace taskbbs::bench
