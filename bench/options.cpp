// A word, then options in any order.
#include "bench/options.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <map>
#include <stdexcept>

namespace taskbbs::bench {

namespace {

const std::map<std::string_view, Task> tasks{{"goals", Task::goals},
                                             {"smoke", Task::smoke},
                                             {"scale", Task::scale},
                                             {"full", Task::full},
                                             {"help", Task::help}};

struct Bounds {
    double least;
    double most;
};

// Enough for the shortest and the longest that makes sense.
constexpr Bounds rounds{1, 100};
constexpr Bounds seconds{0.1, 3600};

template <class Number>
Number number_of(std::string_view name, std::string_view value, const Bounds& bounds) {
    Number number{};
    const char* const end = value.data() + value.size();
    const auto [last, error] = std::from_chars(value.data(), end, number);
    const auto is = static_cast<double>(number);
    const bool is_within = std::clamp(is, bounds.least, bounds.most) == is;  // nan is not
    if (error != std::errc{} || last != end || !is_within) {
        throw std::invalid_argument(fmt::format(
            "{}: {} is no number from {} to {}", name, value, bounds.least, bounds.most));
    }
    return number;
}

bool is_json(std::string_view format) {
    if (format != "json" && format != "text") {
        throw std::invalid_argument(fmt::format("-o: {} is neither text nor json", format));
    }
    return format == "json";
}

using Setter = void (*)(Options&, std::string_view name, std::string_view value);

const std::map<std::string_view, Setter> setters{
    {"--rounds",
     [](Options& options, std::string_view name, std::string_view value) {
         options.rounds = number_of<int>(name, value, rounds);
     }},
    {"--seconds",
     [](Options& options, std::string_view name, std::string_view value) {
         options.seconds = number_of<double>(name, value, seconds);
     }},
    {"--only",
     [](Options& options, std::string_view, std::string_view value) { options.only = value; }},
    {"--chart",
     [](Options& options, std::string_view, std::string_view value) { options.chart = value; }},
    {"--results",
     [](Options& options, std::string_view, std::string_view value) { options.results = value; }},
    {"-o",
     [](Options& options, std::string_view, std::string_view value) {
         options.json = is_json(value);
     }},
};

// What smoke tries is whether it runs, not how fast.
Options defaults(Task task) {
    Options options{.task = task};
    if (task == Task::smoke) {
        options.rounds = 1;
        options.seconds = 0.2;
    }
    return options;
}

}  // namespace

Options parse_options(const std::vector<std::string_view>& words) {
    auto word = words.begin();
    const bool has_task = word != words.end() && !word->starts_with('-');
    if (has_task && !tasks.contains(*word)) {
        throw std::invalid_argument(fmt::format("{}: there is no such task", *word));
    }
    Options options = defaults(has_task ? tasks.at(*word++) : Task::goals);
    for (; word != words.end(); ++word) {
        const std::string_view name = *word;
        if (name == "--fresh") {
            options.fresh = true;
        } else if (name == "--help" || name == "-h") {
            options.task = Task::help;
        } else if (!setters.contains(name)) {
            throw std::invalid_argument(fmt::format("{}: there is no such option", name));
        } else if (++word == words.end() || word->empty()) {
            throw std::invalid_argument(fmt::format("{}: its value is missing", name));
        } else {
            setters.at(name)(options, name, *word);
        }
    }
    options.warm_up = std::min(options.warm_up, options.seconds / 2);
    return options;
}

std::string_view usage() {
    return R"(usage: taskbbs_bench [TASK] [OPTION...]

tasks
  goals             taskbbs beside what would be picked instead: the rows that the goals are judged by; the default
  full              taskbbs alone, one factor of the load at a time
  scale             what size does: large boards, many executors, restarts
  smoke             everything for a moment: whether it runs, not how fast

options
  --rounds N        runs of each row, whose median is shown; 3
  --seconds S       of each measurement; 5
  --only TEXT       the rows whose id has it
  -o text|json      how the results are printed; text
  --chart FILE      draws them too, as SVG
  --results FILE    keeps each run there: interrupted, the same command goes on where it was.
                    full and scale do so by default, in a file beside this program
  --fresh           begins that file anew
)";
}

}  // namespace taskbbs::bench
