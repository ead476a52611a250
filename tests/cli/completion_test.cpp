// cli/completion: what the scripts offer, by the table of commands.
#include "cli/completion/candidates.hpp"
#include "cli/completion/scripts.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace taskbbs::cli;

TEST_CASE("an option's candidates follow from its form and name") {
    CHECK(candidates_of({.name = "state", .form = Form::choice, .value = "a|b"}) ==
          Candidates{Source::words, "a b"});
    CHECK(candidates_of({.name = "executor-id", .form = Form::name}).source == Source::executors);
    CHECK(candidates_of({.name = "guid", .form = Form::name}).source == Source::guids);
    CHECK(candidates_of({.name = "payload-file"}).source == Source::files);
    CHECK(candidates_of({.name = "out", .value = "FILE"}).source == Source::files);
    CHECK(candidates_of({.name = "context"}).source == Source::contexts);
    CHECK(candidates_of({.name = "payload"}).source == Source::unknown);
}

TEST_CASE("a command is offered guids of tasks that it can act on") {
    CHECK(candidates_beside(*command_named("complete")) == Candidates{Source::guids, "running"});
    CHECK(candidates_beside(*command_named("get")) == Candidates{Source::guids, ""});
    CHECK(candidates_beside(*command_named("desire")) == Candidates{});
    CHECK(candidates_beside(*command_named("stats")) == Candidates{});
    CHECK(candidates_beside(*command_named("completion")) ==
          Candidates{Source::words, "bash zsh fish"});
}

TEST_CASE("every script knows every command and every option") {
    for (const auto& script : {bash_script(), zsh_script(), fish_script()}) {
        for (const Command& command : commands()) {
            CAPTURE(command.name);
            CHECK(script.find(command.name) != std::string::npos);
            for (const Option& option : command.options) {
                CAPTURE(option.name);
                const bool is_fish = script.find("complete -c taskbbs -f") != std::string::npos;
                const auto spelled = (is_fish ? "-l " : "--") + std::string{option.name};
                CHECK(script.find(spelled) != std::string::npos);
            }
        }
    }
}

TEST_CASE("flags are told once each") {
    const auto flags = flag_names();
    CHECK(std::count(flags.begin(), flags.end(), "help") == 1);
    CHECK(std::count(flags.begin(), flags.end(), "dry-run") == 1);
    CHECK(std::count(flags.begin(), flags.end(), "state") == 0);
}
