// cli/batch/command_line.hpp: what an executor's sh is given.
#include "cli/batch/command_line.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdio>
#include <memory>

using taskbbs::cli::batch::shell_quoted;
using taskbbs::cli::batch::Template;

namespace {

std::string line_by(std::vector<std::string> words,
                    std::string_view line,
                    std::uint64_t number = 7) {
    return Template{std::move(words), std::nullopt}.command_line(line, number);
}

std::string line_by_columns(std::string separator, std::string_view line) {
    return Template{{"x", "{1}|{2}|{3}"}, std::move(separator)}.command_line(line, 1);
}

// What /bin/sh makes of a command line.
std::string output_of(const std::string& command_line) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe{::popen(command_line.c_str(), "r"),
                                                               &::pclose};
    REQUIRE(pipe != nullptr);
    std::string output;
    std::array<char, 4096> part{};
    while (const auto count = std::fread(part.data(), 1, part.size(), pipe.get())) {
        output.append(part.data(), count);
    }
    return output;
}

}  // namespace

TEST_CASE("each placeholder is filled in, wherever in a word it stands") {
    CHECK(line_by({"cp", "{}", "out/{}.{#}"}, "a") == "cp a out/a.7");
    CHECK(line_by({"{}", "-n{#}{#}"}, "ls") == "ls -n77");
    CHECK(line_by({"x", "{2}-{1}", "{3}."}, " a\t b ") == "x b-a .");
    CHECK(line_by({"x", "{10}"}, "1 2 3 4 5 6 7 8 9 ten") == "x ten");
}

TEST_CASE("without a placeholder the line is one more word") {
    CHECK(line_by({"gzip", "-9"}, "a b") == "gzip -9 'a b'");
    CHECK(line_by({"echo"}, "") == "echo ''");
    CHECK(line_by({"echo", "{#}"}, "a") == "echo 7");
    CHECK(line_by({"echo", "{1}"}, "a b") == "echo a");
}

TEST_CASE("what is no placeholder stands for itself") {
    for (const std::string word : {"{", "}", "{0}", "{01}", "{a}", "{1x}", "{-1}", "{ }", "{1"}) {
        CAPTURE(word);
        CHECK(line_by({"x", word, "{}"}, "l") == "x '" + word + "' l");
    }
    CHECK(line_by({"x", "{{}}"}, "l") == "x '{l}'");
}

TEST_CASE("what was filled in is not filled in again") {
    CHECK(line_by({"x", "{}"}, "{#}") == "x '{#}'");
    CHECK(line_by({"x", "{1}{2}"}, "{} {2}") == "x '{}{2}'");
}

TEST_CASE("between columns with a separator each one counts") {
    CHECK(line_by_columns(",", "a,,c") == "x 'a||c'");
    CHECK(line_by_columns(", ", "a b, c ") == "x 'a b|c |'");
    CHECK(line_by_columns(",", "") == "x '||'");
}

TEST_CASE("a word is quoted unless sh reads it as it is") {
    CHECK(shell_quoted("plain-1.2/x_y@a%b+c:d,e") == "plain-1.2/x_y@a%b+c:d,e");
    CHECK(shell_quoted("") == "''");
    CHECK(shell_quoted("it's") == "'it'\\''s'");
    for (const std::string word : {"a b", "$(x)", "`x`", "a\nb", "~", "*", "a=b", "#", "!", "if"}) {
        CAPTURE(word);
        CHECK(shell_quoted(word) == "'" + word + "'");
    }
}

TEST_CASE("sh finds exactly the words again, whatever bytes they hold") {
    std::vector<std::string> words{"printf", "%s\\0"};
    std::string expected;
    std::string all;
    for (int byte = 1; byte < 256; ++byte) {
        all += static_cast<char>(byte);
        words.emplace_back(1, static_cast<char>(byte));
    }
    words.insert(words.end(), {"", "-n", "'", "''", "\\'", "$(echo no)", "a\n\nb", "{}"});
    for (auto word = words.begin() + 2; word != words.end(); ++word) {
        expected += (*word == "{}" ? all : *word) + '\0';
    }
    CHECK(output_of(line_by(words, all)) == expected);
}

TEST_CASE("a first word that sh has a meaning of its own for is run as a command") {
    for (const std::string word : {"if", "while", "time", "a=b", "!", "{"}) {
        CAPTURE(word);
        CHECK(output_of("{ " + line_by({word, "{}"}, "x") + "; } 2>/dev/null; echo $?") == "127\n");
    }
}

TEST_CASE("templates have equal texts where they do the same, on one line") {
    const auto text = [](std::vector<std::string> words, std::optional<std::string> separator) {
        return Template{std::move(words), std::move(separator)}.text();
    };
    CHECK(text({"echo", "a b", "{}"}, std::nullopt) == "echo 'a b' '{}'");
    CHECK(text({"echo", "a", "b"}, std::nullopt) != text({"echo", "a b"}, std::nullopt));
    CHECK(text({"echo", "{1}"}, ",") == "--colsep , -- echo '{1}'");
    CHECK(text({"echo", "a\tb\n"}, std::nullopt) == "echo 'a\\tb\\n'");
}
