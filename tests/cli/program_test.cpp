// cli/executor/words.hpp, program.hpp: the command line of --exec.
#include "cli/executor/program.hpp"

#include "cli/executor/words.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs::cli;

namespace {

using Split = std::vector<std::string>;

Split words_in(std::string_view line) {
    const auto words = split_words(line);
    REQUIRE(words);
    return *words;
}

}  // namespace

TEST_CASE("blanks, tabs and newlines part words, however many there are") {
    CHECK(words_in("prog a\tb\n  c ") == Split{"prog", "a", "b", "c"});
    CHECK(words_in(" \t\n").empty());
    CHECK(words_in("").empty());
}

TEST_CASE("quotes hold blanks together, and may make an empty word or a part of one") {
    CHECK(words_in("a 'b c' \"d e\"") == Split{"a", "b c", "d e"});
    CHECK(words_in("'' \"\"") == Split{"", ""});
    CHECK(words_in("--name='x y'z") == Split{"--name=x yz"});
}

TEST_CASE("a backslash takes the next character as it is, in double quotes a quote or itself") {
    CHECK(words_in("a\\ b \\' \\\\") == Split{"a b", "'", "\\"});
    CHECK(words_in(R"("a\"b\\c\d")") == Split{R"(a"b\c\d)"});
    CHECK(words_in(R"('a\b')") == Split{R"(a\b)"});
}

TEST_CASE("what means something to a shell alone is a character") {
    CHECK(words_in("a $HOME *.c ~ | ; > x `y`") ==
          Split{"a", "$HOME", "*.c", "~", "|", ";", ">", "x", "`y`"});
}

TEST_CASE("a quote that is not closed and a backslash at the end are refused") {
    CHECK(split_words("a 'b").error() == "the quote ' is not closed");
    CHECK(split_words("a \"b\\\"").error() == "the quote \" is not closed");
    CHECK(split_words("a \\").error() == "a backslash stands at its end");
}

TEST_CASE("a program is found in the directories of the path, in their order") {
    const auto program = program_of("sh -c 'exit 3'", "/nonexistent:/bin:/usr/bin");
    REQUIRE(program);
    CHECK(program->path == "/bin/sh");
    CHECK(program->words == Split{"sh", "-c", "exit 3"});
    CHECK(program->input.empty());
}

TEST_CASE("a program that is named with a slash is that file") {
    REQUIRE(program_of("/bin/sh", ""));
    CHECK(program_of("/bin/sh", "")->path == "/bin/sh");
}

TEST_CASE("without a program that may be run there is none") {
    for (const auto* line : {"no-such-program", "/bin", "/etc/passwd", "''"}) {
        CAPTURE(line);
        CHECK_FALSE(program_of(line, "/bin:/usr/bin"));
    }
    CHECK(program_of(" ", "/bin").error() == "no program is named");
    CHECK(program_of("'sh", "/bin").error() == "the quote ' is not closed");
}
