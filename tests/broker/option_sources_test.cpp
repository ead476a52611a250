// How command line, environment and file are read, and how each fault is told with its place.
#include "broker/option_sources.hpp"

#include "broker/option_table.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs::broker;
using Catch::Contains;

namespace {

struct Read {
    std::vector<Setting> settings;
    std::vector<Fault> faults;
};

Read from_file(std::string_view text) {
    Read read;
    read.settings = read_config("a.conf", text, read.faults);
    return read;
}

Read from_environment(const std::vector<std::string>& environment) {
    Read read;
    read.settings = read_environment(environment, read.faults);
    return read;
}

Read from_arguments(const std::vector<std::string>& arguments) {
    Read read;
    read.settings = read_command_line(arguments, read.faults).settings;
    return read;
}

}  // namespace

TEST_CASE("a value follows an equals sign or is the next argument") {
    for (const auto& arguments : {std::vector<std::string>{"--limits.tasks", "7"},
                                  std::vector<std::string>{"--limits.tasks=7"}}) {
        const Read read = from_arguments(arguments);
        REQUIRE(read.settings.size() == 1);
        CHECK(read.settings[0].name == "limits.tasks");
        CHECK(read.settings[0].value == "7");
        CHECK(read.settings[0].where == "command line");
        CHECK(read.faults.empty());
    }
}

TEST_CASE("an option without a value does not take the next option for one") {
    const Read read = from_arguments({"--log.level", "--limits.tasks", "7"});
    CHECK(read.settings.size() == 1);
    REQUIRE(read.faults.size() == 1);
    CHECK(read.faults[0].what == "--log.level wants a value");
}

TEST_CASE("an unknown argument is told once, with the name that is near") {
    const Read read = from_arguments({"--limits.task", "7", "--limits.sessions=8"});
    CHECK(read.settings.size() == 1);
    REQUIRE(read.faults.size() == 1);
    CHECK_THAT(read.faults[0].what, Contains("did you mean --limits.tasks?"));
}

TEST_CASE("what is no option is refused") {
    for (const char* argument : {"serve", "-h", "--", "-"}) {
        CAPTURE(argument);
        CHECK(from_arguments({argument}).faults.size() == 1);
    }
}

TEST_CASE("a flag takes no value") {
    CHECK(from_arguments({"--check-config=yes"}).faults.size() == 1);
}

TEST_CASE("an option given twice on one command line is refused") {
    CHECK(from_arguments({"--limits.tasks=7", "--limits.tasks=7"}).faults.size() == 1);
    CHECK(from_arguments({"--config=a", "--config=a"}).faults.size() == 1);
}

TEST_CASE("the environment names an option in capitals") {
    const Read read = from_environment({"HOME=/", "TASKBBS_CONVERGE_KICK_INTERVAL_MAX=1h"});
    REQUIRE(read.settings.size() == 1);
    CHECK(read.settings[0].name == "converge.kick_interval_max");
    CHECK(read.settings[0].value == "1h");
    CHECK(read.settings[0].where == "environment TASKBBS_CONVERGE_KICK_INTERVAL_MAX");
}

TEST_CASE("an unknown name of ours in the environment is refused, with the name that is near") {
    const Read read = from_environment({"TASKBBS_LIMITS_TASK=7"});
    REQUIRE(read.faults.size() == 1);
    CHECK(read.faults[0].where == "environment TASKBBS_LIMITS_TASK");
    CHECK_THAT(read.faults[0].what, Contains("did you mean TASKBBS_LIMITS_TASKS?"));
}

TEST_CASE("the client's own names in the environment are left alone") {
    CHECK(from_environment({"TASKBBS_ENDPOINT=x", "TASKBBS_EVENTS=y", "TASKBBS_CONTEXT=z"})
              .faults.empty());
}

TEST_CASE("no two options share a name in the environment") {
    std::vector<std::string> names;
    for (const Option& option : option_table()) {
        names.push_back(environment_name(option));
    }
    std::ranges::sort(names);
    CHECK(std::ranges::adjacent_find(names) == names.end());
}

TEST_CASE("a file has sections, values and comments") {
    const Read read = from_file(
        "# a comment\n"
        "\n"
        "[limits]  # another\r\n"
        "tasks = 7 # of them\n"
        "  sessions=8\n"
        "[journal]\n"
        "dir = /a#b c");
    CHECK(read.faults.empty());
    REQUIRE(read.settings.size() == 3);
    CHECK(read.settings[0].where == "a.conf:4");
    CHECK(read.settings[0].value == "7");
    CHECK(read.settings[1].name == "limits.sessions");
    CHECK(read.settings[2].value == "/a#b c");
    CHECK(read.settings[2].where == "a.conf:7");
}

TEST_CASE("every fault of a file is told with its line, in their order") {
    const Read read = from_file(
        "tasks = 1\n"
        "[limits]\n"
        "taks = 2\n"
        "tasks = many\n"
        "junk\n"
        "[journl]\n"
        "dir = /x\n"
        "[limits]\n"
        "tasks = 3\n");
    std::vector<std::string> where;
    for (const Fault& fault : read.faults) {
        where.push_back(fault.where);
    }
    CHECK(where ==
          std::vector<std::string>{
              "a.conf:1", "a.conf:3", "a.conf:4", "a.conf:5", "a.conf:6", "a.conf:7", "a.conf:9"});
    CHECK_THAT(read.faults[1].what, Contains("did you mean limits.tasks?"));
    CHECK_THAT(read.faults[2].what, Contains("from 1 to 1000000000"));
    CHECK_THAT(read.faults[6].what, Contains("first at a.conf:4"));
}

TEST_CASE("a name that is far from every option gets no guess") {
    const Read read = from_file("[limits]\nelephants = 2\n");
    REQUIRE(read.faults.size() == 1);
    CHECK_THAT(read.faults[0].what, Contains("--help lists them"));
}

TEST_CASE("a message shows no control characters of what it complains about") {
    const Read read = from_arguments({"--log.level=\x1b[31m"});
    REQUIRE(read.faults.size() == 1);
    CHECK(read.faults[0].what.find('\x1b') == std::string::npos);
}
