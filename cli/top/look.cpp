// Fields and texts of one task.
#include "cli/top/look.hpp"

#include "cli/json.hpp"
#include "cli/shown_text.hpp"
#include "cli/table.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace taskbbs::cli::top {
namespace {

// Of a payload or result: more is for `taskbbs get`.
constexpr std::size_t most_text = 65'536;

std::vector<std::string_view> lines_in(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

// In lines no wider than `columns`.
void put_wrapped(std::vector<Line>& lines, std::string_view text, int columns) {
    do {
        auto front = front_of(text, columns);
        // Where not even one character has room: it will be cut, rather than come for ever.
        front = front.empty() ? text : front;
        lines.emplace_back(std::string{front});
        text.remove_prefix(front.size());
    } while (!text.empty());
}

void put_text(std::vector<Line>& lines,
              std::string_view title,
              std::string_view bytes,
              int columns) {
    if (bytes.empty()) {
        return;
    }
    lines.emplace_back();
    lines.emplace_back(fmt::format("{} ({} bytes)", title, spelled_count(std::ssize(bytes))),
                       Style::heading);
    for (const auto line : lines_in(bytes.substr(0, most_text))) {
        put_wrapped(lines, escaped(line), columns);
    }
    if (bytes.size() > most_text) {
        lines.emplace_back("... the rest is shown by taskbbs get", Style::dim);
    }
}

// Those that say something: a zero is a need that was not stated, a limit that is not there.
Json telling_fields(const Task& task) {
    const Json all = json_of(task);
    Json fields = Json::object();
    for (const auto& [name, value] : all.items()) {
        const bool text = name == "payload" || name == "annotation" || name == "result";
        if (!text && value != 0 && value != false) {
            fields[name] = value;
        }
    }
    return fields;
}

void put_fields(std::vector<Line>& lines, const Task& task, int columns) {
    const Json fields = telling_fields(task);
    const auto text = record(fields);
    for (const auto line : lines_in(text)) {
        put_wrapped(lines, line, columns);
    }
}

void put_result(std::vector<Line>& lines, const Task& task, int columns) {
    const auto result = unpack_result(task.result);
    if (!result) {
        return put_text(lines, "RESULT", task.result, columns);
    }
    lines.emplace_back();
    lines.emplace_back("RESULT", Style::heading);
    lines.emplace_back(result->exit     ? fmt::format("exit status {}", *result->exit)
                       : result->signal ? fmt::format("killed by signal {}", *result->signal)
                                        : std::string{"not run"});
    put_text(lines, "STDOUT", result->out, columns);
    put_text(lines, "STDERR", result->err, columns);
}

}  // namespace

std::vector<Line> look_lines(const Look& look, Size size) {
    std::vector<Line> all;
    if (!look.problem.empty()) {
        all.emplace_back(escaped(look.problem), Style::warning);
    }
    if (look.task) {
        put_fields(all, *look.task, size.columns);
        put_text(all, "PAYLOAD", look.task->payload, size.columns);
        put_text(all, "ANNOTATION", look.task->annotation, size.columns);
        put_result(all, *look.task, size.columns);
    } else if (look.problem.empty()) {
        all.emplace_back("asking for it", Style::dim);
    }
    const auto room = static_cast<std::size_t>(std::max(1, size.rows - 1));
    const auto first = std::min(look.scrolled, all.size() - std::min(all.size(), room));
    const auto last = std::min(all.size(), first + room);
    std::vector<Line> lines{all.begin() + static_cast<std::ptrdiff_t>(first),
                            all.begin() + static_cast<std::ptrdiff_t>(last)};
    lines.resize(room);
    lines.emplace_back(
        fmt::format("Esc back  j/k scroll  q quit   {}-{} of {}", first + 1, last, all.size()),
        Style::dim);
    return lines;
}

}  // namespace taskbbs::cli::top
