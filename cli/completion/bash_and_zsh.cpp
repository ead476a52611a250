// bash and zsh: the two find the words of the line each in its own way; what follows from them is
// the same text.
#include "cli/completion/candidates.hpp"
#include "cli/completion/scripts.hpp"

#include <fmt/format.h>
#include <string_view>

namespace taskbbs::cli {
namespace {

// In each: `word` is being completed, `before` stands before it, `words` is the line, `board` its
// --endpoint and --context. _taskbbs_offer takes words, _taskbbs_ask a command of taskbbs that
// prints some.
constexpr std::string_view bash_opening =
    R"script(# Completes taskbbs: source <(taskbbs completion bash)

_taskbbs_offer() {
    local list=
    [[ $word != *,* ]] || list=${word%,*},
    mapfile -t COMPREPLY < <(compgen -P "$list" -W "$1" -- "${word##*,}")
}

_taskbbs_ask() {
    _taskbbs_offer "$("${words[0]}" "$@" "${board[@]}" @ASKING@ 2>/dev/null </dev/null)"
}

_taskbbs_offer_files() {
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
}

_taskbbs() {
    local line=${COMP_LINE:0:COMP_POINT} word before command="" i
    local -a words board=()
    read -ra words <<<"$line"
    [[ $line != *[[:space:]] ]] || words+=("")
    local first=1 last=$((${#words[@]} - 1))
    word=${words[last]}
    before=${words[last - 1]}
    COMPREPLY=()
    if [[ $word == --*=* ]]; then
        before=${word%%=*}
        word=${word#*=}
    fi
)script";

constexpr std::string_view bash_closing = R"script(}

complete -F _taskbbs taskbbs
)script";

constexpr std::string_view zsh_opening = R"script(#compdef taskbbs
# Completes taskbbs: source <(taskbbs completion zsh), or keep it as _taskbbs in a directory of $fpath.

_taskbbs_offer() {
    compset -P '*,'
    compadd -- ${=1}
}

_taskbbs_ask() {
    _taskbbs_offer "$("${words[1]}" "$@" "${board[@]}" @ASKING@ 2>/dev/null </dev/null)"
}

_taskbbs_offer_files() {
    _files
}

_taskbbs() {
    local word=${words[CURRENT]} before=${words[CURRENT-1]} command="" i
    local -a board
    local first=2 last=$CURRENT
    if [[ $word == --*=* ]]; then
        before=${word%%=*}
        compset -P '*='
    fi
)script";

constexpr std::string_view zsh_closing = R"(}

if [[ ${funcstack[1]} == _taskbbs ]]; then
    _taskbbs "$@"
else
    compdef _taskbbs taskbbs
fi
)";

constexpr std::string_view contexts_function = R"(
_taskbbs_offer_contexts() {
    local file names=
    while read -r file; do
        file=${file##*/}
        names+=" ${file%.conf}"
    done < <(command ls "${XDG_CONFIG_HOME:-$HOME/.config}/taskbbs" 2>/dev/null | command grep '^[A-Za-z0-9_-]*\.conf$')
    _taskbbs_offer "$names"
}
)";

// Finds the command, and what says which board to ask.
std::string scan() {
    std::string flags;
    for (const auto name : flag_names()) {
        flags += fmt::format("{}--{}", flags.empty() ? "" : " | ", name);
    }
    return fmt::format(R"(    for ((i = first; i < last; ++i)); do
        case ${{words[i]}} in
            --endpoint=* | --context=*) board+=("${{words[i]}}") ;;
            --endpoint | --context)
                board+=("${{words[i]}}=${{words[i + 1]}}")
                ((++i))
                ;;
            {} | -h | --*=*) ;;
            --* | -o) ((++i)) ;;
            *) [[ -n $command ]] || command=${{words[i]}} ;;
        esac
    done
)",
                       flags);
}

std::string action(const Candidates& candidates) {
    switch (candidates.source) {
        case Source::unknown:
            return {};
        case Source::words:
            return fmt::format("_taskbbs_offer '{}'", candidates.words);
        case Source::files:
            return "_taskbbs_offer_files";
        case Source::guids:
            return candidates.words.empty()
                       ? std::string{"_taskbbs_ask list"}
                       : fmt::format("_taskbbs_ask list --state {}", candidates.words);
        case Source::executors:
            return "_taskbbs_ask executors";
        case Source::contexts:
            return "_taskbbs_offer_contexts";
    }
    return {};
}

std::string value_case(std::string_view command, const Option& option) {
    if (option.form == Form::flag) {
        return {};
    }
    const auto what = action(candidates_of(option));
    const auto also = option.name == "output" ? fmt::format(" | {}:-o", command) : std::string{};
    return fmt::format("        {}:--{}{}) {}{}return ;;\n",
                       command,
                       option.name,
                       also,
                       what,
                       what.empty() ? "" : "; ");
}

// What may follow: a value, an option, or what stands beside the options.
std::string cases() {
    std::string values;
    std::string options;
    std::string beside;
    std::string names;
    for (const Command& command : commands()) {
        for (const Option& option : command.options) {
            values += value_case(command.name, option);
        }
        options += fmt::format("            {}) _taskbbs_offer '{}' ;;\n",
                               command.name,
                               fmt::join(options_of(command), " "));
        if (const auto what = action(candidates_beside(command)); !what.empty()) {
            beside += fmt::format("        {}) {} ;;\n", command.name, what);
        }
        names += fmt::format("{}{}", names.empty() ? "" : " ", command.name);
    }
    for (const Option& option : common_options()) {
        values += value_case("*", option);
    }
    return fmt::format(R"(    case $command:$before in
{}    esac
    if [[ $word == -* ]]; then
        case $command in
{}            *) _taskbbs_offer '{}' ;;
        esac
        return
    fi
    case $command in
        '') _taskbbs_offer '{}' ;;
{}    esac
)",
                       values,
                       options,
                       fmt::join(options_of(Command{}), " "),
                       names,
                       beside);
}

std::string with_asking(std::string_view text) {
    constexpr std::string_view mark = "@ASKING@";
    std::string filled{text};
    return filled.replace(filled.find(mark), mark.size(), asking);
}

}  // namespace

std::string bash_script() {
    auto opening = with_asking(bash_opening);
    opening.insert(opening.find("\n_taskbbs() {"), contexts_function);
    return fmt::format("{}{}{}{}", opening, scan(), cases(), bash_closing);
}

std::string zsh_script() {
    auto opening = with_asking(zsh_opening);
    opening.insert(opening.find("\n_taskbbs() {"), contexts_function);
    return fmt::format("{}{}{}{}", opening, scan(), cases(), zsh_closing);
}

}  // namespace taskbbs::cli
