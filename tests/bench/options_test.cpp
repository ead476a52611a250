// The command line of the benchmark.
#include "bench/options.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

namespace taskbbs::bench {
namespace {

std::string complaint(const std::vector<std::string_view>& words) {
    try {
        parse_options(words);
        return {};
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
}

TEST_CASE("without a word, the goals are tried, three times each") {
    const Options options = parse_options({});
    CHECK(options.task == Task::goals);
    CHECK(options.rounds == 3);
    CHECK_FALSE(options.json);
}

TEST_CASE("the task comes first, then options in any order") {
    const Options options = parse_options({"full", "--fresh", "-o", "json", "--rounds", "5"});
    CHECK(options.task == Task::full);
    CHECK(options.fresh);
    CHECK(options.json);
    CHECK(options.rounds == 5);
}

TEST_CASE("short measurements have a short warm-up") {
    CHECK(parse_options({"--seconds", "0.5"}).warm_up == 0.25);
    CHECK(parse_options({"--seconds", "60"}).warm_up == 1);
}

TEST_CASE("a number that is none, or out of bounds, is refused with the option's name") {
    CHECK(complaint({"--rounds", "abc"}) == "--rounds: abc is no number from 1 to 100");
    for (const std::string_view value : {"0", "-1", "3x", "1.5", "101", " 3"}) {
        CHECK(complaint({"--rounds", value}).starts_with("--rounds: "));
    }
    for (const std::string_view value : {"0", "nan", "inf", "1e9", "-5"}) {
        CHECK(complaint({"--seconds", value}).starts_with("--seconds: "));
    }
}

TEST_CASE("words that are none are refused with the word") {
    CHECK(complaint({"fast"}) == "fast: there is no such task");
    CHECK(complaint({"--round", "3"}) == "--round: there is no such option");
    CHECK(complaint({"goals", "full"}) == "full: there is no such option");
    CHECK(complaint({"-o", "xml"}) == "-o: xml is neither text nor json");
}

TEST_CASE("an option without its value is refused") {
    for (const std::string_view option : {"--rounds", "--only", "--chart", "--results", "-o"}) {
        CHECK(complaint({option}) == std::string(option) + ": its value is missing");
    }
    CHECK(complaint({"--only", ""}) == "--only: its value is missing");
}

TEST_CASE("usage names every option") {
    for (const std::string_view option :
         {"--rounds", "--seconds", "--only", "-o", "--chart", "--results", "--fresh"}) {
        CHECK(usage().find(option) != std::string_view::npos);
    }
}

}  // namespace
}  // namespace taskbbs::bench
