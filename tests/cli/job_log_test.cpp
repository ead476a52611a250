// cli/batch/job_log.hpp and job_log_file.hpp: what is done, kept over crashes.
#include "cli/batch/job_log_file.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace taskbbs::cli::batch;

namespace {

// A directory that goes with it, and one file there.
class LogFile {
  public:
    LogFile() {
        std::string name = (std::filesystem::temp_directory_path() / "job-log-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        dir_ = name;
    }

    LogFile(const LogFile&) = delete;
    LogFile& operator=(const LogFile&) = delete;

    ~LogFile() { std::filesystem::remove_all(dir_); }

    std::string path() const { return dir_ / "log"; }

    std::string text() const {
        std::ifstream file{path(), std::ios::binary};
        return {std::istreambuf_iterator<char>{file}, {}};
    }

    void write(std::string_view text) const {
        std::ofstream file{path(), std::ios::binary};
        file << text;
    }

    tl::expected<JobLogFile, std::string> open(const std::string& command = "echo '{}'",
                                               std::optional<std::string> name = {}) const {
        return JobLogFile::open(path(),
                                {.command = command, .name = std::move(name), .new_name = "new"});
    }

  private:
    std::filesystem::path dir_;
};

TaskOutcome log_outcome(std::uint64_t number, bool failed = false) {
    return {.key = {number}, .command = "echo a\tb", .failed = failed, .exit = failed ? 3 : 0};
}

const std::string log_header = "taskbbs-run 1\tnew\techo '{}'\n";

}  // namespace

TEST_CASE("lines are told apart by FNV-1a, as published") {
    CHECK(hash_of("") == 0xcbf29ce484222325);
    CHECK(hash_of("a") == 0xaf63dc4c8601ec8c);
    CHECK(hash_of("foobar") == 0x85944171f73967e8);
}

TEST_CASE("the log is this text, byte for byte") {
    CHECK(first_line("n", "echo '{}'") == "taskbbs-run 1\tn\techo '{}'\n");
    TaskOutcome outcome = log_outcome(7, true);
    CHECK(line_for(outcome, 0xabc) == "7\t0000000000000abc\tfailed\t3\t-\t1\t-\techo a\\tb\n");
    outcome = {.key = {8, 2}, .command = std::string(300, 'x'), .signal = 9};
    CHECK(line_for(outcome, 1) ==
          "8\t0000000000000001\tdone\t-\t9\t3\t-\t" + std::string(200, 'x') + "...\n");
}

TEST_CASE("what is done is known by its number and its line, and the last line about it counts") {
    JobLog log;
    CHECK(log.take("taskbbs-run 1\tn\techo"));
    CHECK(log.take("1\t000000000000000a\tdone\t0\t-\t1\t-\techo"));
    CHECK(log.take("2\t000000000000000b\tfailed\t1\t-\t1\t-\techo"));
    CHECK(log.is_done(1, 10));
    CHECK_FALSE(log.is_done(1, 11));
    CHECK_FALSE(log.is_done(2, 11));
    CHECK(log.take("2\t000000000000000b\tdone\t0\t-\t1\t-\techo"));
    CHECK(log.is_done(2, 11));
    CHECK(log.take("1\t000000000000000a\tfailed\t1\t-\t1\t-\techo"));
    CHECK_FALSE(log.is_done(1, 10));
}

TEST_CASE("what is no line of a log tells nothing, what begins so is no log") {
    JobLog log;
    for (const std::string line : {"",
                                   "text",
                                   "taskbbs-run 2\tn\tc",
                                   "taskbbs-run 1\tn",
                                   "1\ta\tdone",
                                   "taskbbs-run 1\tno name\tc"}) {
        CAPTURE(line);
        CHECK_FALSE(log.take(line));
    }
    CHECK(log.take("taskbbs-run 1\tn\tc"));
    for (const std::string line :
         {"", "1\ta\tdone", "x\ta\tdone\t0\t-\t1\t-\tc", "\t\t\t\t\t\t\t"}) {
        CHECK(log.take(line));
    }
    CHECK_FALSE(log.is_done(1, 10));
}

TEST_CASE("a log is made by the first run and taken up by the next ones") {
    const LogFile file;
    {
        auto log = file.open();
        REQUIRE(log.has_value());
        CHECK_FALSE(log->resumed());
        CHECK(log->name() == "new");
        CHECK(log->append(log_outcome(1), 10).has_value());
        CHECK(log->append(log_outcome(2, true), 11).has_value());
    }
    const auto log = file.open();
    REQUIRE(log.has_value());
    CHECK(log->resumed());
    CHECK(log->name() == "new");
    CHECK(log->is_done(1, 10));
    CHECK_FALSE(log->is_done(2, 11));
    CHECK(file.text() ==
          log_header + line_for(log_outcome(1), 10) + line_for(log_outcome(2, true), 11));
}

TEST_CASE("wherever a crash tears the last line, the lines before it count and new ones follow") {
    const LogFile file;
    const std::string whole = log_header + line_for(log_outcome(1), 10);
    const std::string torn = line_for(log_outcome(2), 11);
    for (std::size_t length = 0; length < torn.size(); ++length) {
        file.write(whole + torn.substr(0, length));
        {
            auto log = file.open();
            REQUIRE(log.has_value());
            CHECK(log->is_done(1, 10));
            CHECK_FALSE(log->is_done(2, 11));
            REQUIRE(log->append(log_outcome(3), 12).has_value());
        }
        REQUIRE(file.text() == whole + line_for(log_outcome(3), 12));
    }
}

TEST_CASE("a first line that a crash has torn is written anew") {
    const LogFile file;
    for (std::size_t length = 0; length < log_header.size(); ++length) {
        file.write(log_header.substr(0, length));
        const auto log = file.open();
        REQUIRE(log.has_value());
        CHECK_FALSE(log->resumed());
        REQUIRE(file.text() == log_header);
    }
}

TEST_CASE("a file that is no log is refused and left as it is, with or without ends of lines") {
    const LogFile file;
    for (const std::string text :
         {"precious", "precious\n", "1\t2\n", "\n", "taskbbs-run 2\tn\tc\n"}) {
        file.write(text);
        const auto log = file.open();
        REQUIRE_FALSE(log.has_value());
        CHECK(log.error().find("is no job log") != std::string::npos);
        CHECK(file.text() == text);
    }
}

TEST_CASE("the log of another command or name is refused, and says whose it is") {
    const LogFile file;
    REQUIRE(file.open("echo '{}'", "first").has_value());
    const auto command = file.open("rm '{}'");
    REQUIRE_FALSE(command.has_value());
    CHECK(command.error().find("is the log of another command: echo '{}'") != std::string::npos);
    const auto name = file.open("echo '{}'", "second");
    REQUIRE_FALSE(name.has_value());
    CHECK(name.error().find("of the run first, not of second") != std::string::npos);
    CHECK(file.open("echo '{}'", "first").has_value());
}

TEST_CASE("one run at a time keeps a log") {
    const LogFile file;
    const auto first = file.open();
    REQUIRE(first.has_value());
    const auto second = file.open();
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().find("is in use") != std::string::npos);
}

TEST_CASE("a log that can't be opened says why") {
    const auto log = JobLogFile::open("/nonexistent/log", {.command = "c", .new_name = "n"});
    REQUIRE_FALSE(log.has_value());
    CHECK(log.error() == "cannot open '/nonexistent/log': No such file or directory");
}

TEST_CASE("what a full disk does not take is an error") {
    auto log = JobLogFile::open("/dev/full", {.command = "c", .new_name = "n"});
    REQUIRE_FALSE(log.has_value());
    CHECK(log.error().find("/dev/full") != std::string::npos);
}
