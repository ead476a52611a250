// The table of commands against what must be true of every one.
#include "cli/command.hpp"
#include "cli/help.hpp"
#include "cli/samples.hpp"
#include "cli/task_fields.hpp"
#include "protocol/messages.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <map>

using namespace taskbbs;
using namespace taskbbs::cli;

TEST_CASE("every verb of the contract is a command") {
    for (const auto name : protocol::names<protocol::Verb>) {
        CAPTURE(name);
        CHECK(command_named(name) != nullptr);
    }
}

TEST_CASE("every field that a requester may set is an option of desire, and set by it") {
    const auto check = [](const auto& field) {
        if ((field.views & protocol::desired) == 0 || field.name == "guid") {
            return;
        }
        std::string name{field.name};
        std::replace(name.begin(), name.end(), '_', '-');
        CAPTURE(name);
        const Option* option = option_of(*command_named("desire"), name);
        REQUIRE(option != nullptr);
        Arguments arguments{.command = command_named("desire")};
        const auto word = option->form == Form::integer  ? "7"
                          : option->form == Form::choice ? "requeue"
                                                         : "text";
        arguments.values[name] = {word};
        CHECK_FALSE(task_of(arguments) == Task{});
    };
    std::apply([&](const auto&... field) { (check(field), ...); }, Task::fields());
}

TEST_CASE("an option takes a value in every command that has it, or in none") {
    std::map<std::string_view, bool> takes_value;
    for (const Command& command : commands()) {
        for (const auto options : {command.options, common_options()}) {
            for (const Option& option : options) {
                CAPTURE(command.name, option.name);
                const bool takes = option.form != Form::flag;
                CHECK(takes_value.emplace(option.name, takes).first->second == takes);
            }
        }
    }
}

TEST_CASE("every command has a summary, an example that names it, and runs") {
    for (const Command& command : commands()) {
        CAPTURE(command.name);
        CHECK(command.summary.ends_with('.'));
        CHECK(command.example.starts_with("taskbbs " + std::string{command.name}));
        CHECK(command.run != nullptr);
    }
}

TEST_CASE("the help of a command shows its options and its example, that of all every command") {
    for (const Command& command : commands()) {
        const auto text = help(command);
        CHECK(text.find(command.example) != std::string::npos);
        for (const Option& option : command.options) {
            CHECK(text.find("--" + std::string{option.name} + " ") != std::string::npos);
        }
        CHECK(help().find("\n  " + std::string{command.name} + " ") != std::string::npos);
    }
}

TEST_CASE("every command but those that need no broker says what its documents hold") {
    for (const Command& command : commands()) {
        CAPTURE(command.name);
        constexpr std::array<std::string_view, 6> open{
            "stats", "server", "executor", "explain", "history", "top"};
        const bool is_open = std::ranges::find(open, command.name) != open.end();
        CHECK(sample_of(command.shape).has_value() == !(command.offline || is_open));
    }
}

TEST_CASE("a sample of a shape holds what its documents hold") {
    const Event event{.stream = Stream::completed, .task = {.guid = "g"}};
    const auto sample = sample_of(Shape::event).value();
    const Json task = json_of(event).at("task");
    for (const auto& [name, value] : task.items()) {
        CHECK(sample.at("task").contains(name));
    }
    CHECK(sample.contains("executor_id"));
    CHECK(sample_of(Shape::executor)->at("free").contains("memory_mb"));
    CHECK(sample_of(Shape::header)->contains("payload_size"));
    CHECK_FALSE(sample_of(Shape::header)->contains("payload"));
}
