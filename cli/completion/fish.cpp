// fish: a `complete` a line.
#include "cli/completion/candidates.hpp"
#include "cli/completion/scripts.hpp"

#include <fmt/format.h>
#include <string_view>
#include <vector>

namespace taskbbs::cli {
namespace {

constexpr std::string_view opening = R"(# Completes taskbbs: taskbbs completion fish | source

function __taskbbs_ask
    set -l board
    set -l line (commandline -opc)
    for i in (seq 2 (count $line))
        switch $line[$i]
            case '--endpoint=*' '--context=*'
                set -a board $line[$i]
            case --endpoint --context
                if test $i -lt (count $line)
                    set -a board $line[$i]=$line[(math $i + 1)]
                end
        end
    end
    $line[1] $argv $board {} 2>/dev/null </dev/null
end

function __taskbbs_contexts
    set -l config $XDG_CONFIG_HOME
    test -n "$config"; or set config ~/.config
    command ls $config/taskbbs 2>/dev/null | string replace -f -r '\.conf$' ''
end

function __taskbbs_wants_command
    not __fish_seen_subcommand_from {}
end

complete -c taskbbs -f
)";

std::string in_quotes(std::string_view text) {
    std::string out{"'"};
    for (const char letter : text) {
        if (letter == '\'' || letter == '\\') {
            out += '\\';
        }
        out += letter;
    }
    return out + "'";
}

std::string arguments(const Candidates& candidates) {
    switch (candidates.source) {
        case Source::words:
            return in_quotes(candidates.words);
        case Source::guids:
            return candidates.words.empty()
                       ? std::string{"'(__taskbbs_ask list)'"}
                       : fmt::format("'(__taskbbs_ask list --state {})'", candidates.words);
        case Source::executors:
            return "'(__taskbbs_ask executors)'";
        case Source::contexts:
            return "'(__taskbbs_contexts)'";
        default:
            return {};
    }
}

std::string option_line(std::string_view condition, const Option& option) {
    std::string line = fmt::format("complete -c taskbbs{} -l {}", condition, option.name);
    if (option.name == "output" || option.name == "help") {
        line += option.name == "output" ? " -s o" : " -s h";
    }
    if (option.form != Form::flag) {
        const auto candidates = candidates_of(option);
        line += candidates.source == Source::files ? " -r -F" : " -x";
        if (const auto what = arguments(candidates); !what.empty()) {
            line += fmt::format(" -a {}", what);
        }
    }
    return fmt::format("{} -d {}\n", line, in_quotes(option.help));
}

}  // namespace

std::string fish_script() {
    std::vector<std::string_view> names;
    for (const Command& command : commands()) {
        names.push_back(command.name);
    }
    std::string script = fmt::format(opening, asking, fmt::join(names, " "));
    for (const Option& option : common_options()) {
        script += option_line("", option);
    }
    for (const Command& command : commands()) {
        const auto within = fmt::format(" -n '__fish_seen_subcommand_from {}'", command.name);
        script += fmt::format("complete -c taskbbs -n __taskbbs_wants_command -a {} -d {}\n",
                              command.name,
                              in_quotes(command.summary));
        if (const auto what = arguments(candidates_beside(command)); !what.empty()) {
            script += fmt::format("complete -c taskbbs{} -a {}\n", within, what);
        }
        for (const Option& option : command.options) {
            script += option_line(within, option);
        }
    }
    return script;
}

}  // namespace taskbbs::cli
