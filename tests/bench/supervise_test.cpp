// What is left when a benchmark has ended, by itself or not.
#include "bench/supervise.hpp"

#include "bench/systems/process.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>
#include <sys/wait.h>
#include <unistd.h>

namespace taskbbs::bench {
namespace {

namespace fs = std::filesystem;

// In a process of its own, since what it becomes it stays.
int supervised(const std::string& parent,
               const std::function<int(const std::string& directory)>& work) {
    const pid_t pid = fork();
    if (pid == 0) {
        _exit(supervise(parent, work));
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
}

// Leaves a server behind, whose pid it writes to `noted`, in a directory of its own.
void leave_server(const std::string& directory, const std::string& noted) {
    const auto* const home = new Directory(directory);
    const auto* const server =
        new Process({.arguments = {"/bin/sleep", "600"}, .directory = home->path()});
    fs::create_symlink(std::to_string(server->pid()), noted);
}

bool is_alive(const std::string& noted) {
    return kill(std::stoi(fs::read_symlink(noted).string()), 0) == 0;
}

TEST_CASE("what the work returns is returned, and its directory is gone") {
    const Directory parent(fs::temp_directory_path());
    const int status = supervised(parent.path(), [](const std::string& directory) {
        return fs::is_directory(directory) ? 7 : 8;
    });
    CHECK(status == 7);
    CHECK(fs::is_empty(parent.path()));
}

TEST_CASE("work that is ended by a signal leaves no server and no directory") {
    const int signal = GENERATE(SIGTERM, SIGKILL, SIGABRT);
    const Directory parent(fs::temp_directory_path());
    const Directory beside(fs::temp_directory_path());
    const std::string noted = beside.path() + "/pid";
    const int status = supervised(parent.path(), [&](const std::string& directory) {
        leave_server(directory, noted);
        std::signal(signal, SIG_DFL);  // the test's own handlers are not the worker's
        kill(getpid(), signal);
        return 0;
    });
    CHECK(status == 128 + signal);
    CHECK_FALSE(is_alive(noted));
    CHECK(fs::is_empty(parent.path()));
}

TEST_CASE("a signal to the supervisor ends the work, and leaves nothing") {
    const int signal = GENERATE(SIGINT, SIGTERM, SIGHUP);
    const Directory parent(fs::temp_directory_path());
    const Directory beside(fs::temp_directory_path());
    const std::string noted = beside.path() + "/pid";
    const int status = supervised(parent.path(), [&](const std::string& directory) {
        std::signal(signal, SIG_DFL);
        leave_server(directory, noted);
        kill(getppid(), signal);
        pause();
        return 0;
    });
    CHECK(status == 128 + signal);
    CHECK_FALSE(is_alive(noted));
    CHECK(fs::is_empty(parent.path()));
}

}  // namespace
}  // namespace taskbbs::bench
