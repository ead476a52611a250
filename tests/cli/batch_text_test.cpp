// cli/batch/: lines, names, notes and outcomes.
#include "cli/batch/lines.hpp"
#include "cli/batch/names.hpp"
#include "cli/batch/note.hpp"
#include "cli/batch/outcome.hpp"
#include "cli/packed_result.hpp"
#include "protocol/limits.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs;
using namespace taskbbs::cli;
using namespace taskbbs::cli::batch;

namespace {

std::vector<std::string> all_lines(Lines& lines) {
    std::vector<std::string> found;
    while (auto line = lines.next()) {
        found.push_back(std::move(*line));
    }
    return found;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("lines are found however the bytes arrive") {
    const std::string text = "a\n\nlonger line\nlast";
    for (std::size_t step = 1; step <= text.size(); ++step) {
        Lines lines{'\n', 100};
        Strings found;
        for (std::size_t at = 0; at < text.size(); at += step) {
            lines.add(std::string_view{text}.substr(at, step));
            for (auto& line : all_lines(lines)) {
                found.push_back(std::move(line));
            }
        }
        CHECK(found == Strings{"a", "", "longer line"});
        lines.close();
        CHECK(all_lines(lines) == Strings{"last"});
    }
}

TEST_CASE("an end of line at the end begins no further line") {
    Lines lines{'\n', 100};
    lines.add("a\n");
    lines.close();
    CHECK(all_lines(lines) == Strings{"a"});
    Lines empty{'\n', 100};
    empty.close();
    CHECK(all_lines(empty).empty());
}

TEST_CASE("lines that end in a zero byte may hold newlines") {
    Lines lines{'\0', 100};
    lines.add(std::string_view{"a\nb\0\0c", 6});
    lines.close();
    CHECK(all_lines(lines) == Strings{"a\nb", "", "c"});
}

TEST_CASE("a line that is too long is none, ended or not") {
    for (const std::string_view text : {"12345\n", "12345"}) {
        Lines lines{'\n', 4};
        lines.add("1234\n");
        lines.add(text);
        CHECK(all_lines(lines) == Strings{"1234"});
        CHECK(lines.too_long());
    }
}

TEST_CASE("a guid tells the number and the attempt, of its own run alone") {
    CHECK(guid_of("build", {7, 0}) == "build-000007");
    CHECK(guid_of("build", {1'234'567, 12}) == "build-1234567-r12");
    for (const TaskKey key : {TaskKey{1, 0}, TaskKey{999'999, 3}, TaskKey{1'000'000, 1000}}) {
        CHECK(key_in(guid_of("a-b", key), "a-b") == key);
        CHECK_FALSE(key_in(guid_of("a-b", key), "a"));
        CHECK_FALSE(key_in(guid_of("a-b", key), "a-b-000001"));
    }
    for (const std::string guid : {"a-1",
                                   "a-0000001",
                                   "a-000001-r0",
                                   "a-000001-r01",
                                   "a-000001-",
                                   "a-",
                                   "a",
                                   "a-00000x",
                                   "a-000001-rx",
                                   "b-000001"}) {
        CAPTURE(guid);
        CHECK_FALSE(key_in(guid, "a"));
    }
}

TEST_CASE("the longest name makes guids that are not too long") {
    const std::string name(longest_batch_name, 'n');
    CHECK(guid_of(name, {std::uint64_t{1} << 63, 1000}).size() <= protocol::max_guid);
}

TEST_CASE("a name by chance is a name, another one for another chance") {
    CHECK(name_from(0x1234'5678'9abc'def0) == "run-56789abcdef0");
    CHECK(name_from(1) != name_from(2));
}

TEST_CASE("a note comes back as it went, of a line that is not UTF-8 too") {
    for (const std::string line : {"a \"b\"\n", "", "\xff\xfe"}) {
        const auto text =
            annotation_of({.run = "r", .number = 3, .retries = 2, .keep_order = true}, line);
        const auto note = note_in(text);
        CHECK(note.run == "r");
        CHECK(note.number == 3);
        CHECK(note.retries == 2);
        CHECK(note.keep_order);
        CHECK(line_in(text) == json_of_bytes(line));
    }
}

TEST_CASE("a line that does not fit into an annotation is left out of it") {
    const auto text = annotation_of({.run = "r"}, std::string(5000, '\x01'));
    CHECK(text.size() <= static_cast<std::size_t>(protocol::max_annotation));
    CHECK(line_in(text).is_null());
    CHECK(note_in(text).run == "r");
}

TEST_CASE("whatever else stands in an annotation is a note that says nothing") {
    for (const std::string text : {"", "text", "[]", "{\"retries\": -1, \"keep_order\": 1}", "{"}) {
        CAPTURE(text);
        CHECK(note_in(text).retries == 0);
        CHECK_FALSE(note_in(text).keep_order);
    }
}

TEST_CASE("an outcome is what the executor packed, or the bytes as they are") {
    Task task{.payload = "false", .executor_id = "e", .failed = true, .failure_reason = "exit 1"};
    task.result = pack({.exit = 1, .out = "o", .err = "e", .truncated = true});
    const auto outcome = outcome_of({3, 1}, task);
    const auto json = json_of(outcome, "r");
    CHECK(
        line_of(json) ==
        R"({"run":"r","number":3,"guid":"r-000003-r1","line":null,"command":"false","attempts":2,)"
        R"("failed":true,"cancelled":false,"reason":"exit 1","exit":1,"signal":null,"stdout":"o",)"
        R"("stderr":"e","truncated":true,"executor_id":"e","completed_at":0})");
    task.result = "bytes of another executor";
    CHECK(outcome_of({3, 0}, task).out == task.result);
}

TEST_CASE("cancelled is what the board says so of, not what a command prints") {
    CHECK(was_cancelled({.failed = true, .failure_reason = "cancelled"}));
    CHECK(was_cancelled({.failed = true, .failure_reason = "cancelled: why"}));
    CHECK_FALSE(was_cancelled({.failed = true, .failure_reason = "cancelled by its command"}));
    CHECK_FALSE(was_cancelled({.failed = true, .failure_reason = "cancelled", .result = "r"}));
    CHECK_FALSE(was_cancelled({.failed = false}));
}
