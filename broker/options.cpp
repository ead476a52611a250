// Puts the sources together. Boost.Program_options holds what was given beside the defaults, and
// prints the help. It is not asked to judge: it would stop at the first fault, and knows no lines.
#include "broker/options.hpp"

#include "broker/endpoint.hpp"
#include "broker/option_table.hpp"
#include "broker/units.hpp"

#include <boost/program_options.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <sstream>

namespace taskbbs::broker {

namespace {

namespace po = boost::program_options;

constexpr unsigned help_width = 100;

po::options_description described_options() {
    po::options_description description("Options", help_width, help_width / 2);
    for (const Option& option : option_table()) {
        auto* value = po::value<std::string>()
                          ->default_value(text_of(option, Options{}))
                          ->value_name(value_name(option));
        description.add_options()(
            std::string(option.name).c_str(), value, std::string(option.why).c_str());
    }
    return description;
}

po::options_description described_program() {
    po::options_description description("The program", help_width, help_width / 2);
    for (const ProgramOption& option : program_options()) {
        const std::string name(option.name);
        if (option.value.empty()) {
            description.add_options()(name.c_str(), option.why.c_str());
        } else {
            auto* value = po::value<std::string>()->value_name(std::string(option.value));
            description.add_options()(name.c_str(), value, option.why.c_str());
        }
    }
    return description;
}

// The file's settings, and in `file` the path that was read.
std::vector<Setting> read_file(const Sources& sources,
                               const CommandLine& line,
                               std::string& file,
                               std::vector<Fault>& faults) {
    const std::string path = line.names_config ? line.config : std::string(default_config_file);
    if (path.empty()) {
        return {};  // told already: --config without a value
    }
    const auto text = sources.read_file(path);
    if (!text) {
        const bool may_be_missing =
            !line.names_config && text.error() == std::errc::no_such_file_or_directory;
        if (!may_be_missing) {
            faults.push_back({path, "can't be read: " + text.error().message()});
        }
        return {};
    }
    file = path;
    return read_config(path, *text, faults);
}

// Each option's setting from the first source that gives it, in the order of the table.
std::vector<Setting> winners(const std::vector<std::vector<Setting>>& sources) {
    std::vector<Setting> won;
    for (const Option& option : option_table()) {
        for (const std::vector<Setting>& source : sources) {
            const bool had = !won.empty() && won.back().name == option.name;
            const auto setting = std::ranges::find(source, option.name, &Setting::name);
            if (!had && setting != source.end()) won.push_back(*setting);
        }
    }
    return won;
}

po::variables_map with_defaults(const std::vector<Setting>& settings) {
    const po::options_description description = described_options();
    po::parsed_options parsed(&description);
    for (const Setting& setting : settings) {
        parsed.options.emplace_back(setting.name, std::vector<std::string>{setting.value});
    }
    po::variables_map values;
    po::store(parsed, values);
    return values;
}

// Sets every field. Returns the options whose text was not taken, which their source told already.
std::vector<std::string_view> assign_all(const po::variables_map& values, Options& options) {
    std::vector<std::string_view> refused;
    for (const Option& option : option_table()) {
        const auto& text = values[std::string(option.name)].as<std::string>();
        if (!assign(option, text, options).empty()) {
            refused.push_back(option.name);
        }
    }
    return refused;
}

// Of the file's settings those that an earlier source keeps from being in force.
std::vector<Setting> hidden_in(const std::vector<Setting>& file, const Options& options) {
    std::vector<Setting> hidden;
    Options said;
    for (const Setting& setting : file) {
        const Option& option = *find_option(setting.name);
        assign(option, setting.value, said);
        if (text_of(option, said) != text_of(option, options)) {
            hidden.push_back(setting);
        }
    }
    return hidden;
}

// By whatever source; else it has its default.
bool is_given(const Options& options, std::string_view name) {
    return std::ranges::find(options.settings, name, &Setting::name) != options.settings.end();
}

// Of a payload or a result that was asked for and fits into no message. Defaults give way instead.
std::string beyond_a_message(const Options& options, std::string_view name, std::uint64_t bytes) {
    const std::uint64_t most = options.core.limits.message_bytes;
    if (!is_given(options, name) || bytes <= most) {
        return {};
    }
    return fmt::format(
        "{} is more than limits.message_bytes, which is {}: no message could bring it",
        format_size(bytes),
        format_size(most));
}

std::string same_port(const Options& options, const std::string& endpoint) {
    const bool is_any = options.metrics_endpoint.ends_with(":0");
    return is_any || !same_endpoint("tcp://" + options.metrics_endpoint, endpoint)
               ? std::string()
               : fmt::format("{} is for clients already: choose another port", endpoint);
}

// Who asks for it believes that it keeps others out.
std::string mode_of_no_file(const Options& options,
                            std::string_view name,
                            const std::string& endpoint) {
    if (!is_given(options, name) || !endpoint.starts_with("ipc://@")) {
        return {};
    }
    return fmt::format(
        "{} is an abstract socket, which has no file and no mode: every user of this "
        "host may connect; name a path",
        endpoint);
}

std::string open_without_curve(const Options& options, const std::string& endpoint) {
    if (has_curve(options) || options.allow_plaintext == Flag::on || is_local(endpoint)) {
        return {};
    }
    return fmt::format(
        "{} is open to other hosts, and without security.server_key everybody there could do "
        "everything unencrypted: make a key (taskbbsd keygen FILE), bind to 127.0.0.1, or say "
        "security.allow_plaintext = true",
        in_quotes(endpoint));
}

// A rule between two options. `broken` says what is wrong, empty where nothing is.
struct Rule {
    std::string_view option;
    std::string_view other;
    std::string (*broken)(const Options&);
};

constexpr auto rules = std::to_array<Rule>({
    {"journal.segment_bytes",
     "limits.batch_bytes",
     [](const Options& options) -> std::string {
         const std::uint64_t segment = options.journal.segment_bytes;
         const std::uint64_t least = 2 * options.core.limits.batch_bytes;
         if (segment >= least) {
             return {};
         }
         return fmt::format("{} is less than 2 x limits.batch_bytes, which is {}",
                            format_size(segment),
                            format_size(least));
     }},
    {"metrics.endpoint",
     "requests.endpoint",
     [](const Options& options) { return same_port(options, options.requests_endpoint); }},
    {"metrics.endpoint",
     "events.endpoint",
     [](const Options& options) { return same_port(options, options.events_endpoint); }},
    {"requests.ipc_mode",
     "requests.endpoint",
     [](const Options& options) {
         return mode_of_no_file(options, "requests.ipc_mode", options.requests_endpoint);
     }},
    {"events.ipc_mode",
     "events.endpoint",
     [](const Options& options) {
         return mode_of_no_file(options, "events.ipc_mode", options.events_endpoint);
     }},
    {"limits.payload_bytes",
     "limits.message_bytes",
     [](const Options& options) {
         return beyond_a_message(
             options, "limits.payload_bytes", options.core.limits.payload_bytes);
     }},
    {"limits.result_bytes",
     "limits.message_bytes",
     [](const Options& options) {
         return beyond_a_message(options, "limits.result_bytes", options.core.limits.result_bytes);
     }},
    {"security.authorized_keys",
     "security.server_key",
     [](const Options& options) -> std::string {
         if (options.server_key.empty() == options.authorized_keys.empty()) {
             return {};
         }
         return options.server_key.empty()
                    ? "it is of no use without security.server_key, which turns encryption on"
                    : "it is missing: with security.server_key, nobody may connect without it";
     }},
    {"requests.endpoint",
     "security.server_key",
     [](const Options& options) { return open_without_curve(options, options.requests_endpoint); }},
    {"events.endpoint",
     "security.server_key",
     [](const Options& options) { return open_without_curve(options, options.events_endpoint); }},
    {"events.endpoint",
     "requests.endpoint",
     [](const Options& options) -> std::string {
         if (!same_endpoint(options.events_endpoint, options.requests_endpoint)) {
             return {};
         }
         return fmt::format("{} is requests.endpoint too; each needs its own",
                            in_quotes(options.events_endpoint));
     }},
});

std::string place_of(const Rule& rule, const std::vector<Setting>& settings) {
    for (const std::string_view name : {rule.option, rule.other}) {
        const auto setting = std::ranges::find(settings, name, &Setting::name);
        if (setting != settings.end()) {
            return setting->where;
        }
    }
    return "defaults";
}

// Rules about values that are no values are left out.
void check_rules(const Options& options,
                 const std::vector<std::string_view>& refused,
                 std::vector<Fault>& faults) {
    for (const Rule& rule : rules) {
        const bool known = std::ranges::none_of(refused, [&](std::string_view name) {
            return name == rule.option || name == rule.other;
        });
        const std::string broken = known ? rule.broken(options) : std::string();
        if (!broken.empty()) {
            faults.push_back(
                {place_of(rule, options.settings), fmt::format("{}: {}", rule.option, broken)});
        }
    }
}

std::string joined(const std::vector<Fault>& faults) {
    std::string text;
    for (const Fault& fault : faults) {
        text += fmt::format("{}{}: {}", text.empty() ? "" : "\n", fault.where, fault.what);
    }
    return text;
}

}  // namespace

ConfigurationError::ConfigurationError(std::vector<Fault> faults,
                                       std::optional<LogFormat> log_format)
    : std::runtime_error(joined(faults)), faults_(std::move(faults)), log_format_(log_format) {}

void fit_into_messages(core::LimitSettings& limits) {
    limits.payload_bytes = std::min(limits.payload_bytes, limits.message_bytes);
    limits.result_bytes = std::min(limits.result_bytes, limits.message_bytes);
}

Options parse_options(const Sources& sources) {
    std::vector<Fault> faults;
    Options options;
    const CommandLine line = read_command_line(sources.arguments, faults);
    if (line.help || line.version) {
        options.mode = line.help ? Mode::help : Mode::version;
        return options;
    }
    options.mode = line.check_config ? Mode::check_config : Mode::serve;
    const auto environment = read_environment(sources.environment, faults);
    const auto file = read_file(sources, line, options.config_file, faults);
    options.settings = winners({line.settings, environment, file});
    const auto refused = assign_all(with_defaults(options.settings), options);
    options.hidden = hidden_in(file, options);
    check_rules(options, refused, faults);
    if (!faults.empty()) {
        const bool serves = options.mode == Mode::serve;
        throw ConfigurationError(std::move(faults),
                                 serves ? std::optional(options.log_format) : std::nullopt);
    }
    fit_into_messages(options.core.limits);
    const auto make_absolute = [&sources](std::string& path) {
        path = (std::filesystem::path(sources.working_dir) / path).lexically_normal();
    };
    make_absolute(options.journal.dir);
    for (std::string* const keys : {&options.server_key, &options.authorized_keys}) {
        if (!keys->empty()) {
            make_absolute(*keys);
        }
    }
    return options;
}

bool is_open_plaintext(const Options& options) {
    return !has_curve(options) &&
           !(is_local(options.requests_endpoint) && is_local(options.events_endpoint));
}

std::vector<ProgramOption> program_options() {
    return {
        {"config",
         "FILE",
         fmt::format("reads this file; without it {}, if it is there", default_config_file)},
        {"check-config", "", "checks the configuration, directories, rights and space, and stops"},
        {"version", "", "prints the version and stops"},
        {"help", "", "prints this and stops"}};
}

std::vector<ExitMeaning> exit_codes() {
    return {{0, "stopped as asked"},
            {1, "could not start"},
            {74, "the journal could not be written"},
            {75, "the journal is damaged"},
            {78, "the configuration is wrong"}};
}

std::string help_text() {
    std::ostringstream text;
    text
        << "taskbbsd: the task board's broker.\n\n"
           "Each option may stand on the command line as below, in the environment as\n"
           "TASKBBS_SECTION_NAME, or in the configuration file as `name = value` under [section];\n"
           "the first of these that gives it wins. Durations: 500ms, 30s, 5m, 2h. Sizes: bytes, "
           "or\n"
           "512KiB, 64MiB, 4GiB.\n\n"
        << described_program() << '\n'
        << described_options() << '\n'
        << "Commands:\n"
           "  taskbbsd journal verify | dump | backup | restore | repair | snapshot   (journal "
           "--help)\n"
           "  taskbbsd keygen FILE    makes a pair of keys, for the broker or for a client\n\n"
        << "Exit codes:\n";
    for (const auto& [code, meaning] : exit_codes()) {
        text << fmt::format("  {:2}  {}\n", code, meaning);
    }
    return text.str();
}

std::string summary(const Options& options) {
    std::string text = options.config_file.empty()
                           ? std::string("configuration is right; no configuration file was read\n")
                           : fmt::format("configuration is right: {}\n", options.config_file);
    for (const Setting& setting : options.settings) {
        text += fmt::format("{} = {} ({})\n", setting.name, setting.value, setting.where);
    }
    return text;
}

}  // namespace taskbbs::broker
