// From the sources to one value: which source wins, what each option sets, what must hold between
// them.
#include "broker/options.hpp"

#include "broker/option_table.hpp"
#include "broker/units.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace taskbbs;
using namespace taskbbs::broker;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

Sources sources_of(std::vector<std::string> arguments,
                   std::vector<std::string> environment = {},
                   std::string file = {}) {
    return {
        .arguments = std::move(arguments),
        .environment = std::move(environment),
        .working_dir = "/home/operator",
        .read_file = [file = std::move(file)](
                         const std::string& path) -> tl::expected<std::string, std::error_code> {
            if (path != default_config_file && path != "a.conf") {
                return tl::unexpected(std::make_error_code(std::errc::no_such_file_or_directory));
            }
            return file;
        }};
}

Options given(const std::string& name, const std::string& value) {
    return parse_options(sources_of({"--" + name, value}));
}

std::string faults_of(const Sources& sources) {
    try {
        parse_options(sources);
    } catch (const ConfigurationError& error) {
        return error.what();
    }
    return {};
}

std::string faults_of(const std::string& name, const std::string& value) {
    return faults_of(sources_of({"--" + name, value}));
}

}  // namespace

TEST_CASE("a mode of an abstract socket, and a port that is used twice, are mistakes") {
    CHECK_FALSE(faults_of(sources_of({"--requests.endpoint=ipc://@x", "--requests.ipc_mode=0600"}))
                    .empty());
    CHECK(faults_of(sources_of({"--requests.endpoint=ipc://@x"})).empty());
    CHECK_FALSE(faults_of(sources_of({"--requests.endpoint=tcp://127.0.0.1:7413",
                                      "--metrics.endpoint=127.0.0.1:7413"}))
                    .empty());
}

TEST_CASE("nothing given is the documented defaults") {
    const Options options = parse_options(sources_of({}));
    CHECK(options.mode == Mode::serve);
    CHECK(options.journal.dir == "/var/lib/taskbbs");
    CHECK(options.journal.sync == journal::Sync::always);
    CHECK(options.requests_endpoint == "tcp://127.0.0.1:7411");
    CHECK(options.core.converge.time_to_claim == 30min);
    CHECK(options.core.limits.tasks == 10'000'000);
    CHECK(options.settings.empty());
}

TEST_CASE("every option of [journal] arrives") {
    CHECK(given("journal.dir", "/data").journal.dir == "/data");
    CHECK(given("journal.sync", "never").journal.sync == journal::Sync::never);
    CHECK(given("journal.segment_bytes", "32MiB").journal.segment_bytes == 32ULL << 20);
    CHECK(given("journal.reserve_bytes", "0").journal.reserve_bytes == 0);
    CHECK(given("journal.snapshot_bytes", "1MiB").journal.snapshot_bytes == 1ULL << 20);
    CHECK(given("journal.retain_for", "2h").journal.retain_for == 2h);
    CHECK(given("journal.retain_bytes", "1GiB").journal.retain_bytes == 1ULL << 30);
}

TEST_CASE("every endpoint arrives") {
    CHECK(given("requests.endpoint", "ipc:///r").requests_endpoint == "ipc:///r");
    CHECK(given("events.endpoint", "tcp://lo:9").events_endpoint == "tcp://lo:9");
    CHECK(given("events.advertise", "tcp://h:9").events_advertise == "tcp://h:9");
    CHECK(given("events.advertise", "").events_advertise.empty());
    CHECK(given("requests.ipc_mode", "0600").requests_ipc_mode == 0600);
    CHECK(given("events.ipc_mode", "666").events_ipc_mode == 0666);
}

TEST_CASE("every option of [security] arrives, files as absolute paths") {
    const Options options = parse_options(sources_of(
        {"--security.server_key", "keys/server", "--security.authorized_keys", "/etc/clients"}));
    CHECK(options.server_key == "/home/operator/keys/server");
    CHECK(options.authorized_keys == "/etc/clients");
    CHECK(has_curve(options));
    CHECK(given("security.allow_plaintext", "true").allow_plaintext == Flag::on);
}

TEST_CASE("a server's key and the clients' go together") {
    CHECK_THAT(faults_of(sources_of({"--security.server_key", "k"})),
               Contains("security.authorized_keys: it is missing"));
    CHECK_THAT(faults_of(sources_of({"--security.authorized_keys", "k"})),
               Contains("of no use without security.server_key"));
}

TEST_CASE("an endpoint that others reach wants CURVE, or that its absence is chosen") {
    for (const std::string name : {"requests.endpoint", "events.endpoint"}) {
        const std::string at = "--" + name;
        CHECK_THAT(faults_of(sources_of({at, "tcp://*:9"})),
                   Contains(name) && Contains("taskbbsd keygen") && Contains("127.0.0.1") &&
                       Contains("security.allow_plaintext = true"));
        CHECK(is_open_plaintext(
            parse_options(sources_of({at, "tcp://*:9", "--security.allow_plaintext", "true"}))));
        CHECK_FALSE(is_open_plaintext(parse_options(sources_of(
            {at, "tcp://*:9", "--security.server_key", "k", "--security.authorized_keys", "c"}))));
    }
    CHECK_FALSE(is_open_plaintext(Options{}));
}

TEST_CASE("every option of [converge] arrives") {
    CHECK(given("converge.every", "0s").core.converge.every == 0s);
    CHECK(given("converge.time_to_claim", "1s").core.converge.time_to_claim == 1s);
    CHECK(given("converge.kick_interval", "2s").core.converge.kick_interval == 2s);
    CHECK(given("converge.kick_interval_max", "3s").core.converge.kick_interval_max == 3s);
    CHECK(given("converge.claim_timeout", "4s").core.converge.claim_timeout == 4s);
    CHECK(given("converge.resolve_timeout", "5s").core.converge.resolve_timeout == 5s);
    CHECK(given("converge.completed_expiry", "6s").core.converge.completed_expiry == 6s);
    CHECK(given("converge.kick_rate", "7").core.converge.kick_rate == 7);
}

TEST_CASE("every option of [presence] arrives") {
    CHECK(given("presence.brake_percent", "100").core.presence.brake_percent == 100);
    CHECK(given("presence.brake_grace", "1s").core.presence.brake_grace == 1s);
}

TEST_CASE("every option of [limits] arrives") {
    CHECK(given("limits.payload_bytes", "11").core.limits.payload_bytes == 11);
    CHECK(given("limits.result_bytes", "12").core.limits.result_bytes == 12);
    CHECK(given("limits.message_bytes", "13").core.limits.message_bytes == 13);
    CHECK(given("limits.reply_bytes", "14").core.limits.reply_bytes == 14);
    CHECK(given("limits.batch_bytes", "15").core.limits.batch_bytes == 15);
    CHECK(given("limits.tasks", "16").core.limits.tasks == 16);
    CHECK(given("limits.task_bytes", "17").core.limits.task_bytes == 17);
    CHECK(given("limits.sessions", "18").core.limits.sessions == 18);
    CHECK(given("limits.unacked", "19").core.limits.unacked == 19);
    CHECK(given("limits.outcomes", "20").core.limits.outcomes == 20);
    CHECK(given("limits.executors", "21").core.limits.executors == 21);
    CHECK(given("limits.waiting", "22").core.limits.waiting == 22);
    CHECK(given("limits.connections", "23").core.limits.connections == 23);
    CHECK(given("limits.peer_reply_bytes", "24").core.limits.peer_reply_bytes == 24);
}

TEST_CASE("metrics.endpoint arrives, and is off where nothing is said") {
    CHECK(parse_options(sources_of({})).metrics_endpoint.empty());
    CHECK(given("metrics.endpoint", "").metrics_endpoint.empty());
    CHECK(given("metrics.endpoint", "[::1]:7413").metrics_endpoint == "[::1]:7413");
}

TEST_CASE("every option of [log] arrives") {
    CHECK(given("log.level", "debug").log_level == Level::debug);
    CHECK(given("log.format", "json").log_format == LogFormat::json);
}

TEST_CASE("every option refuses a value that is none, and says which option it was") {
    for (const Option& option : option_table()) {
        const std::string name(option.name);
        CAPTURE(name);
        const std::string bad = option.kind == Kind::directory ? "" : "\x01nonsense";
        CHECK_THAT(faults_of(sources_of({"--" + name + "=" + bad})), Contains(name + ": "));
    }
}

TEST_CASE("every number is refused just outside its range and taken at its ends") {
    for (const Option& option : option_table()) {
        if (option.range.most == 0) {
            continue;
        }
        const std::string unit = option.kind == Kind::duration ? "ms" : "";
        const auto text = [&](std::uint64_t number) {
            return option.kind == Kind::mode ? format_mode(number) : std::to_string(number) + unit;
        };
        CAPTURE(option.name);
        Options options;
        CHECK(assign(option, text(option.range.least), options).empty());
        CHECK(assign(option, text(option.range.most), options).empty());
        CHECK_FALSE(assign(option, text(option.range.most + 1), options).empty());
        if (option.range.least > 0) {
            CHECK_FALSE(assign(option, text(option.range.least - 1), options).empty());
        }
    }
}

TEST_CASE("every default is a value that its option takes, and stays the same") {
    for (const Option& option : option_table()) {
        CAPTURE(option.name);
        const std::string text = text_of(option, Options{});
        Options options;
        CHECK(assign(option, text, options).empty());
        CHECK(text_of(option, options) == text);
    }
}

TEST_CASE("the command line wins over the environment, and that over the file") {
    const std::string file = "[limits]\ntasks = 1\nsessions = 1\nunacked = 1\n";
    const Options options = parse_options(sources_of(
        {"--limits.tasks=3"}, {"TASKBBS_LIMITS_TASKS=2", "TASKBBS_LIMITS_SESSIONS=2"}, file));
    CHECK(options.core.limits.tasks == 3);
    CHECK(options.core.limits.sessions == 2);
    CHECK(options.core.limits.unacked == 1);
    CHECK(options.config_file == default_config_file);
}

TEST_CASE("faults of all sources are told at once, overridden values included") {
    const std::string faults = faults_of(sources_of({"--limits.tasks=3", "--log.level=loud"},
                                                    {"TASKBBS_LIMITS_TASKS=few"},
                                                    "[limits]\ntasks = many\n"));
    CHECK_THAT(faults, Contains("command line: log.level"));
    CHECK_THAT(faults, Contains("environment TASKBBS_LIMITS_TASKS: limits.tasks"));
    CHECK_THAT(faults, Contains("/etc/taskbbs/taskbbsd.conf:2: limits.tasks"));
    CHECK(std::ranges::count(faults, '\n') == 2);
}

TEST_CASE("a file that is named must be there") {
    CHECK_THAT(faults_of("config", "missing.conf"), Contains("missing.conf: can't be read"));
    CHECK_THAT(faults_of(sources_of({"--config"})), Contains("--config wants a value"));
    CHECK_THAT(faults_of(sources_of({"--config="})), Contains("--config wants a value"));
}

TEST_CASE("a file that is named is read instead of the default one") {
    CHECK(given("config", "a.conf").config_file == "a.conf");
}

TEST_CASE("the default file may be missing but must be readable") {
    Sources sources = sources_of({});
    const auto fails = [](std::errc error) {
        return [error](const std::string&) -> tl::expected<std::string, std::error_code> {
            return tl::unexpected(std::make_error_code(error));
        };
    };
    sources.read_file = fails(std::errc::no_such_file_or_directory);
    CHECK(parse_options(sources).config_file.empty());
    sources.read_file = fails(std::errc::permission_denied);
    CHECK_THAT(faults_of(sources), Contains("taskbbsd.conf: can't be read"));
}

TEST_CASE("a segment holds at least two batches") {
    CHECK(given("limits.batch_bytes", "32MiB").core.limits.batch_bytes == 32ULL << 20);
    CHECK_THAT(faults_of("limits.batch_bytes", "33MiB"), Contains("2 x limits.batch_bytes"));
    CHECK_THAT(faults_of("journal.segment_bytes", "15MiB"),
               Contains("command line: journal.segment_bytes: 15MiB"));
}

TEST_CASE("a rule about a malformed value is not complained about too") {
    const std::string faults =
        faults_of(sources_of({"--journal.segment_bytes=1MiB", "--limits.batch_bytes=x"}));
    CHECK(std::ranges::count(faults, '\n') == 0);
    CHECK_THAT(faults, Contains("limits.batch_bytes: \"x\""));
}

TEST_CASE("requests and events need an endpoint each, unless any free port will do") {
    CHECK_THAT(faults_of("events.endpoint", "tcp://127.0.0.1:7411"),
               Contains("command line: events.endpoint"));
    CHECK(faults_of(sources_of({"--requests.endpoint=tcp://127.0.0.1:*",
                                "--events.endpoint=tcp://127.0.0.1:*"}))
              .empty());
}

TEST_CASE("a relative directory is relative to the working directory") {
    CHECK(given("journal.dir", "data/../board").journal.dir == "/home/operator/board");
}

TEST_CASE("asking for help or the version looks at nothing else") {
    CHECK(parse_options(sources_of({"--help", "--bogus"})).mode == Mode::help);
    CHECK(parse_options(sources_of({"--version"}, {"TASKBBS_BOGUS=1"})).mode == Mode::version);
}

TEST_CASE("a check of the configuration judges like a start and tells what was given") {
    CHECK_FALSE(faults_of(sources_of({"--check-config", "--limits.tasks=many"})).empty());
    const Options options = parse_options(
        sources_of({"--check-config", "--config=a.conf"}, {}, "[limits]\ntasks = 5\n"));
    CHECK(options.mode == Mode::check_config);
    CHECK_THAT(summary(options), Contains("a.conf\n"));
    CHECK_THAT(summary(options), Contains("limits.tasks = 5 (a.conf:2)"));
}

TEST_CASE("the help lists every option with its default") {
    const std::string help = help_text();
    for (const Option& option : option_table()) {
        CHECK_THAT(help, Contains("--" + std::string(option.name) + " " + value_name(option)));
        CHECK_THAT(help, Contains(text_of(option, Options{})));
    }
}

TEST_CASE("the shipped configuration file gives every option its default") {
    std::ifstream file(TASKBBS_SOURCE_DIR "/config/taskbbsd.conf");
    std::ostringstream text;
    text << file.rdbuf();
    const Options options = parse_options(sources_of({"--config=a.conf"}, {}, text.str()));
    CHECK(options.settings.size() == option_table().size());
    for (const Option& option : option_table()) {
        CAPTURE(option.name);
        CHECK(text_of(option, options) == text_of(option, Options{}));
    }
}
