// Runs in a file, over interruptions.
#include "bench/report/kept.hpp"

#include "bench/systems/process.hpp"
#include "tests/bench/rows.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace taskbbs::bench {
namespace {

class File {
  public:
    const std::string& name() const { return name_; }

    KeptRuns open(bool fresh = false) const { return {name_, "5 s", fresh}; }

    void append(const std::string& text) const { std::ofstream(name_, std::ios::app) << text; }

    void cut(std::uintmax_t bytes) const {
        std::filesystem::resize_file(name_, std::filesystem::file_size(name_) - bytes);
    }

  private:
    Directory directory_{std::filesystem::temp_directory_path()};
    std::string name_ = directory_.path() + "/runs.jsonl";
};

TEST_CASE("what was kept is there the next time, with all its figures") {
    const File file;
    Row row = row_with("a", 100);
    row.p999_us = 7.5;
    row.refused = 0;
    row.more["rise_ms"] = 3;
    file.open().add("a", 0, {row});

    const KeptRuns kept = file.open();
    CHECK(kept.has("a", 0));
    CHECK_FALSE(kept.has("a", 1));
    REQUIRE(kept.medians("a").size() == 1);
    CHECK(kept.medians("a")[0].p999_us == 7.5);
    CHECK(kept.medians("a")[0].more.at("rise_ms") == 3);
}

TEST_CASE("a run whose name begins as another's is another one") {
    KeptRuns kept;
    kept.add("executors-10000", 0, {row_with("executors-10000", 1)});
    CHECK_FALSE(kept.has("executors-1000", 0));
    CHECK(kept.medians("executors-1000").empty());
}

TEST_CASE("a last line that was not written to its end counts as not there") {
    const File file;
    file.open().add("a", 0, {row_with("a", 100)});
    file.open().add("b", 0, {row_with("b", 100)});
    file.cut(GENERATE(1, 2, 40));
    CHECK(file.open().has("a", 0));
    CHECK_FALSE(file.open().has("c", 0));
}

TEST_CASE("what is kept behind a torn line is there the next time") {
    const File file;
    file.open().add("a", 0, {row_with("a", 100)});
    file.cut(10);
    file.open().add("b", 0, {row_with("b", 100)});
    file.open().add("c", 0, {row_with("c", 100)});
    const KeptRuns kept = file.open();
    CHECK_FALSE(kept.has("a", 0));
    CHECK(kept.has("b", 0));
    CHECK(kept.has("c", 0));
}

TEST_CASE("runs without figures are tried again, and shown until then") {
    const File file;
    Row failed = row_with("a", 0);
    failed.trouble = "the server hung up";
    KeptRuns kept = file.open();
    kept.add("a", 0, {failed});
    CHECK_FALSE(kept.has("a", 0));
    CHECK(kept.medians("a").size() == 1);
    CHECK(file.open().size() == 0);
}

TEST_CASE("runs under other conditions do not count, and stay") {
    const File file;
    file.open().add("a", 0, {row_with("a", 100)});
    CHECK_FALSE(KeptRuns(file.name(), "1 s", false).has("a", 0));
    CHECK(file.open().has("a", 0));
}

TEST_CASE("begun anew, the file is empty") {
    const File file;
    file.open().add("a", 0, {row_with("a", 100)});
    CHECK_FALSE(file.open(true).has("a", 0));
    CHECK_FALSE(file.open().has("a", 0));
}

TEST_CASE("a file that holds something else is refused, and stays as it is") {
    const File file;
    file.append(GENERATE("my notes\n", "{\"a\": 1}\n"));
    const auto size = std::filesystem::file_size(file.name());
    CHECK_THROWS_AS(file.open(), std::runtime_error);
    CHECK(std::filesystem::file_size(file.name()) == size);
}

TEST_CASE("a file that can't be written is an error") {
    KeptRuns kept("/nowhere/runs.jsonl", "5 s", false);
    CHECK_THROWS_AS(kept.add("a", 0, {row_with("a", 100)}), std::runtime_error);
}

TEST_CASE("the rows of an experiment have their medians one by one") {
    KeptRuns kept;
    for (int round = 0; round < 3; ++round) {
        kept.add("boards", round, {row_with("small", 100 + round), row_with("large", 50 - round)});
    }
    const auto medians = kept.medians("boards");
    REQUIRE(medians.size() == 2);
    CHECK(medians[0].per_second == 101);
    CHECK(medians[1].per_second == 49);
}

}  // namespace
}  // namespace taskbbs::bench
