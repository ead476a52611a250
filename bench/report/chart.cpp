// Bars from left to right on one linear scale, so that lengths can be compared; the longest is what
// the scale is made for.
#include "bench/report/chart.hpp"

#include "bench/report/rounds.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>

namespace taskbbs::bench {

namespace {

constexpr int width = 860;
constexpr int top = 64;
constexpr int line = 30;
constexpr int bar_height = 20;
constexpr int bars_at = 370;
constexpr int longest = 400;

struct Bar {
    std::string system;
    std::string load;
    double per_second;
    bool is_ours;
};

std::vector<Bar> bars_of(const std::vector<Row>& rows) {
    std::vector<Bar> bars;
    for (const System& system : systems_of(rows)) {
        for (const Row& row : rows) {
            const bool shown = row.system == system.name && !system.is_limit && row.has_figures() &&
                               !row.id.ends_with("-alone");
            if (shown) {
                bars.push_back({row.system, row.title, row.per_second, system.name == "taskbbs"});
            }
        }
    }
    return bars;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&' || c == '<' || c == '>') {
            out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : "&gt;";
        } else {
            out += c;
        }
    }
    return out;
}

// 1234567 as 1,234,567.
std::string grouped(double value) {
    std::string digits = fmt::format("{:.0f}", value);
    constexpr std::size_t group = 3;
    for (std::size_t at = digits.size(); at > group;) {
        at -= group;
        digits.insert(at, 1, ',');
    }
    return digits;
}

void append_bar(std::string& svg, const Bar& bar, int y, double scale) {
    const int text_y = y + bar_height - 5;
    const double length = std::max(1.0, bar.per_second * scale);
    fmt::format_to(std::back_inserter(svg),
                   R"(<text x="16" y="{}" font-weight="600">{}</text>)"
                   R"(<text x="108" y="{}" fill="#57606a">{}</text>)"
                   R"(<rect x="{}" y="{}" width="{:.1f}" height="{}" rx="2" fill="{}"/>)"
                   R"(<text x="{:.1f}" y="{}">{}</text>)"
                   "\n",
                   text_y,
                   escaped(bar.system),
                   text_y,
                   escaped(bar.load),
                   bars_at,
                   y,
                   length,
                   bar_height,
                   bar.is_ours ? "#0969da" : "#8c959f",
                   bars_at + length + 6,
                   text_y,
                   grouped(bar.per_second));
}

}  // namespace

std::string chart_of(const Machine& machine, const std::vector<Row>& rows) {
    const std::vector<Bar> bars = bars_of(rows);
    double most = 1;
    for (const Bar& bar : bars) {
        most = std::max(most, bar.per_second);
    }
    const int height = top + static_cast<int>(bars.size()) * line + 16;
    std::string svg = fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}" viewBox="0 0 {} {}" )"
        R"(font-family="system-ui, sans-serif" font-size="13" fill="#1f2328">)"
        "\n"
        R"(<rect width="100%" height="100%" fill="#ffffff"/>)"
        "\n"
        R"(<text x="16" y="26" font-size="17" font-weight="600">)"
        "Durable transitions a second</text>\n"
        R"(<text x="16" y="46" fill="#57606a">{} cores of {}, load included; write + fdatasync )"
        "of 4 KiB: p50 {:.0f} us</text>\n",
        width,
        height,
        width,
        height,
        machine.cores,
        escaped(machine.cpu),
        machine.syncs.p50_us);
    int y = top;
    for (const Bar& bar : bars) {
        append_bar(svg, bar, y, longest / most);
        y += line;
    }
    return svg + "</svg>\n";
}

}  // namespace taskbbs::bench
