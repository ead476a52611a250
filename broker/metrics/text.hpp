// The figures in Prometheus' text format. Pure. docs/metrics.md lists what it comes to.
#pragma once

#include "broker/figures.hpp"
#include "broker/metrics/host_figures.hpp"

#include <string>

namespace taskbbs::broker {

// What there is to show at any time, and `figures` where the loop serves: null before and after.
struct Shown {
    const Figures* figures = nullptr;
    ProcessFigures process;
    DirectoryFigures directory;
    bool ready = false;
};

std::string metrics_text(const Shown& shown);

inline constexpr const char* metrics_type = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace taskbbs::broker
