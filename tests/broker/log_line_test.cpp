// How an event becomes a line.
#include "broker/log_line.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <nlohmann/json.hpp>

using namespace taskbbs::broker;

namespace {

constexpr std::chrono::system_clock::time_point moment{std::chrono::milliseconds(1767322985678)};

std::string line(LogStyle style, std::initializer_list<Field> fields) {
    return format_line(style, Level::info, moment, "happened", {fields.begin(), fields.size()});
}

}  // namespace

TEST_CASE("a line of text has time, level, event and fields") {
    CHECK(line(LogStyle::text, {{"events", 123}, {"ms", 4}}) ==
          "2026-01-02T03:03:05.678Z info happened events=123 ms=4\n");
}

TEST_CASE("a line for journald has its priority in front and no time") {
    CHECK(line(LogStyle::journald, {{"ok", true}}) == "<6>happened ok=true\n");
    const auto at = [](Level level) {
        return format_line(LogStyle::journald, level, moment, "e", {}).substr(0, 3);
    };
    CHECK(at(Level::error) == "<3>");
    CHECK(at(Level::warn) == "<4>");
    CHECK(at(Level::debug) == "<7>");
}

TEST_CASE("a line of JSON is one object with typed values") {
    const std::string text = line(LogStyle::json,
                                  {{"n", -5},
                                   {"most", std::numeric_limits<std::uint64_t>::max()},
                                   {"ratio", 0.5},
                                   {"ok", false},
                                   {"dir", "/var/lib"}});
    const auto json = nlohmann::json::parse(text);
    CHECK(json["time"] == "2026-01-02T03:03:05.678Z");
    CHECK(json["level"] == "info");
    CHECK(json["event"] == "happened");
    CHECK(json["n"] == -5);
    CHECK(json["most"] == std::numeric_limits<std::uint64_t>::max());
    CHECK(json["ratio"] == 0.5);
    CHECK(json["ok"] == false);
    CHECK(json["dir"] == "/var/lib");
}

TEST_CASE("text is quoted where it would be misread") {
    CHECK(line(LogStyle::journald, {{"a", ""}, {"b", "x y"}, {"c", "k=v"}, {"d", "\"\\"}}) ==
          "<6>happened a=\"\" b=\"x y\" c=\"k=v\" d=\"\\\"\\\\\"\n");
}

TEST_CASE("whatever a field holds, a line stays one line") {
    for (const LogStyle style : {LogStyle::text, LogStyle::json, LogStyle::journald}) {
        const std::string text = line(style, {{"x", "a\nb\r\x1b[31m\x7f"}});
        CHECK(text.find('\n') == text.size() - 1);
        CHECK(text.find('\x1b') == std::string::npos);
    }
}

TEST_CASE("bytes that are no UTF-8 still make valid JSON") {
    const auto json =
        nlohmann::json::parse(line(LogStyle::json, {{"x", "a\xFF"}, {"y", "\u00e4"}}));
    CHECK(json["x"] == "a\uFFFD");
    CHECK(json["y"] == "\u00e4");
}

TEST_CASE("long text is cut at a character, and ends with a mark") {
    const std::string text = std::string(max_log_text - 4, 'a') + "\u00e4" + "more";
    const auto json = nlohmann::json::parse(line(LogStyle::json, {{"x", text}}));
    CHECK(json["x"] == std::string(max_log_text - 4, 'a') + "...");
}

TEST_CASE("text that names a long path twice, and a command on it, is whole") {
    const std::string path(1000, 'd');
    const std::string text = path + " is damaged: repair --journal.dir " + path + " (it keeps it)";
    const auto json = nlohmann::json::parse(line(LogStyle::json, {{"x", text}}));
    CHECK(json["x"] == text);
}

TEST_CASE("a number that is none is null in JSON") {
    const auto json = nlohmann::json::parse(
        line(LogStyle::json, {{"x", std::numeric_limits<double>::quiet_NaN()}}));
    CHECK(json["x"].is_null());
}
