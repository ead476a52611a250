// Three readers, one for each source, that share how a name is looked up and how a second one is
// told.
#include "broker/option_sources.hpp"

#include "broker/option_table.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <span>

namespace taskbbs::broker {

namespace {

constexpr std::string_view on_command_line = "command line";
constexpr std::string_view prefix = "TASKBBS_";
// Read by the taskbbs command, and by what builds and runs both in one environment.
constexpr auto of_others = std::to_array<std::string_view>(
    {"TASKBBS_ENDPOINT", "TASKBBS_EVENTS", "TASKBBS_CONTEXT", "TASKBBS_ROOT"});

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\v\f";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::string unknown(std::string_view name, std::string_view guess) {
    if (guess.empty()) {
        return fmt::format("{} is no option; --help lists them", in_quotes(name));
    }
    return fmt::format("{} is no option; did you mean {}?", in_quotes(name), guess);
}

// Appends a setting of a known option, unless its source has it already. A value that the option
// does not take is told, and kept: nothing that another source says stands in for it.
void give(std::vector<Setting>& settings, Setting setting, std::vector<Fault>& faults) {
    const auto earlier = std::ranges::find(settings, setting.name, &Setting::name);
    if (earlier != settings.end()) {
        const std::string first =
            earlier->where == setting.where ? "" : fmt::format(", first at {}", earlier->where);
        faults.push_back({setting.where, fmt::format("{} is given twice{}", setting.name, first)});
        return;
    }
    Options scratch;
    const std::string fault = assign(*find_option(setting.name), setting.value, scratch);
    if (!fault.empty()) {
        faults.push_back({setting.where, fmt::format("{}: {}", setting.name, fault)});
    }
    settings.push_back(std::move(setting));
}

// Walks the arguments; a value is what follows `=`, or else the next argument.
class ArgumentReader {
  public:
    ArgumentReader(std::span<const std::string> arguments, std::vector<Fault>& faults)
        : left_(arguments), faults_(faults) {}

    CommandLine read() {
        while (!left_.empty()) {
            const std::string_view argument = left_.front();
            left_ = left_.subspan(1);
            if (!argument.starts_with("--") || argument.size() == 2) {
                fault(fmt::format("{} is not expected; options are --name value",
                                  in_quotes(argument)));
                continue;
            }
            const std::string_view text = argument.substr(2);
            const std::size_t equals = text.find('=');
            const bool has_value = equals != std::string_view::npos;
            take(text.substr(0, equals),
                 has_value ? std::optional(text.substr(equals + 1)) : std::nullopt);
        }
        return std::move(line_);
    }

  private:
    void take(std::string_view name, std::optional<std::string_view> value) {
        if (bool* flag = flag_of(name)) {
            *flag = true;
            if (value) {
                fault(fmt::format("--{} takes no value", name));
            }
        } else if (name == "config") {
            take_config(value);
        } else if (find_option(name) != nullptr) {
            if (const auto text = value_of(name, value)) {
                give(line_.settings,
                     {std::string(name), std::string(*text), std::string(on_command_line)},
                     faults_);
            }
        } else {
            skip_value(value);
            const Option* guess = nearest_option(name);
            fault(unknown(fmt::format("--{}", name),
                          guess == nullptr ? "" : fmt::format("--{}", guess->name)));
        }
    }

    void take_config(std::optional<std::string_view> value) {
        if (line_.names_config) {
            fault("--config is given twice");
        }
        line_.names_config = true;
        line_.config = value_of("config", value).value_or("");
        if (value && value->empty()) {
            fault("--config wants a value");
        }
    }

    bool* flag_of(std::string_view name) {
        if (name == "help") return &line_.help;
        if (name == "version") return &line_.version;
        return name == "check-config" ? &line_.check_config : nullptr;
    }

    bool next_is_value() const { return !left_.empty() && !left_.front().starts_with("--"); }

    std::optional<std::string_view> value_of(std::string_view name,
                                             std::optional<std::string_view> value) {
        if (value) {
            return value;
        }
        if (!next_is_value()) {
            fault(fmt::format("--{} wants a value", name));
            return std::nullopt;
        }
        const std::string_view next = left_.front();
        left_ = left_.subspan(1);
        return next;
    }

    // Of an unknown option, lest it be reported a second time.
    void skip_value(std::optional<std::string_view> value) {
        if (!value && next_is_value()) {
            left_ = left_.subspan(1);
        }
    }

    void fault(std::string what) {
        faults_.push_back({std::string(on_command_line), std::move(what)});
    }

    std::span<const std::string> left_;
    std::vector<Fault>& faults_;
    CommandLine line_;
};

std::vector<std::string_view> section_names() {
    std::vector<std::string_view> names;
    for (const Option& option : option_table()) {
        const std::string_view section = option.name.substr(0, option.name.find('.'));
        if (names.empty() || names.back() != section) {
            names.push_back(section);
        }
    }
    return names;
}

std::string_view without_comment(std::string_view line) {
    for (std::size_t at = 0; at < line.size(); ++at) {
        if (line[at] == '#' && (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t')) {
            return line.substr(0, at);
        }
    }
    return line;
}

class ConfigReader {
  public:
    ConfigReader(std::string_view file, std::vector<Fault>& faults)
        : file_(file), faults_(faults) {}

    std::vector<Setting> read(std::string_view text) {
        while (!text.empty()) {
            const std::size_t end = std::min(text.find('\n'), text.size());
            ++line_;
            take(trimmed(without_comment(text.substr(0, end))));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        return std::move(settings_);
    }

  private:
    void take(std::string_view line) {
        if (line.empty()) {
            return;
        }
        if (line.front() == '[' && line.back() == ']') {
            take_section(trimmed(line.substr(1, line.size() - 2)));
            return;
        }
        const std::size_t equals = line.find('=');
        const std::string_view name = trimmed(line.substr(0, equals));
        if (equals == std::string_view::npos || name.empty()) {
            fault(fmt::format("{} is neither [section] nor name = value", in_quotes(line)));
            return;
        }
        take_setting(name, trimmed(line.substr(equals + 1)));
    }

    void take_section(std::string_view name) {
        section_ = name;
        const auto known = section_names();
        if (std::ranges::find(known, name) == known.end()) {
            fault(fmt::format("[{}] is no section; those are {}", name, fmt::join(known, ", ")));
        }
    }

    void take_setting(std::string_view name, std::string_view value) {
        if (section_.empty()) {
            fault(fmt::format("{} stands before any [section]", in_quotes(name)));
            return;
        }
        const std::string whole = fmt::format("{}.{}", section_, name);
        if (find_option(whole) == nullptr) {
            const Option* guess = nearest_option(whole);
            fault(unknown(whole, guess == nullptr ? "" : guess->name));
            return;
        }
        give(settings_, {whole, std::string(value), where()}, faults_);
    }

    std::string where() const { return fmt::format("{}:{}", file_, line_); }

    void fault(std::string what) { faults_.push_back({where(), std::move(what)}); }

    std::string_view file_;
    std::vector<Fault>& faults_;
    std::size_t line_ = 0;
    std::string section_;
    std::vector<Setting> settings_;
};

tl::expected<std::string, std::error_code> read_whole_file(const std::string& path) {
    const auto failed = [](int code) {
        return tl::unexpected(std::error_code(code, std::generic_category()));
    };
    const auto close = [](std::FILE* file) { std::fclose(file); };
    const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "re"), close);
    if (!file) {
        return failed(errno);
    }
    std::string text(max_config_bytes + 1, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file.get()));
    if (std::ferror(file.get()) != 0) {
        return failed(errno);
    }
    if (text.size() > max_config_bytes) {
        return failed(EFBIG);
    }
    return text;
}

}  // namespace

CommandLine read_command_line(const std::vector<std::string>& arguments,
                              std::vector<Fault>& faults) {
    return ArgumentReader(arguments, faults).read();
}

std::vector<Setting> read_environment(const std::vector<std::string>& environment,
                                      std::vector<Fault>& faults) {
    std::vector<Setting> settings;
    for (const std::string_view entry : environment) {
        const std::size_t equals = std::min(entry.find('='), entry.size());
        const std::string_view name = entry.substr(0, equals);
        if (!name.starts_with(prefix) || std::ranges::find(of_others, name) != of_others.end()) {
            continue;
        }
        const std::string where = fmt::format("environment {}", name);
        const auto table = option_table();
        const auto option = std::ranges::find(table, name, environment_name);
        if (option != table.end()) {
            const std::string_view value = entry.substr(std::min(equals + 1, entry.size()));
            give(settings, {std::string(option->name), std::string(value), where}, faults);
            continue;
        }
        std::string words(name.substr(prefix.size()));
        std::ranges::transform(words, words.begin(), [](unsigned char c) {
            return static_cast<char>(std::tolower(c));
        });
        const Option* guess = nearest_option(words);
        faults.push_back({where, unknown(name, guess == nullptr ? "" : environment_name(*guess))});
    }
    return settings;
}

std::vector<Setting> read_config(std::string_view file,
                                 std::string_view text,
                                 std::vector<Fault>& faults) {
    return ConfigReader(file, faults).read(text);
}

Sources process_sources(int argc, const char* const* argv, const char* const* environment) {
    Sources sources;
    sources.arguments.assign(argv + std::min(argc, 1), argv + argc);
    for (const char* const* entry = environment; *entry != nullptr; ++entry) {
        sources.environment.emplace_back(*entry);
    }
    std::error_code gone;  // of a working directory that was removed: relative paths then stay so
    sources.working_dir = std::filesystem::current_path(gone).string();
    sources.read_file = read_whole_file;
    return sources;
}

}  // namespace taskbbs::broker
