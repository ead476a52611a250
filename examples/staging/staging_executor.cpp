// The executor of the staging pipeline. A task's payload is a list of actions, one a line:
//
//     download DIRECTORY      copies it into a fresh directory, where all that follows happens
//     run COMMAND             with sh; another exit status than 0 fails the task
//     upload FILE             packs all that is there into FILE, a tar.gz
//
// The first action that fails ends the task; the result is what the commands have printed, its last
// 64 KiB.
//
//     staging_executor EXECUTOR_ID
#include "examples/board/worker.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <system_error>

namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_log = std::size_t{64} << 10;

// A directory that is gone with its task.
class Scratch {
  public:
    Scratch() {
        std::string name = fs::temp_directory_path() / "staging-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) {
            throw std::system_error(errno, std::generic_category());
        }
        path_ = name;
    }

    ~Scratch() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }

    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

std::string quoted(const std::string& word) {
    std::string text = "'";
    for (const char letter : word) {
        text += letter == '\'' ? std::string{"'\\''"} : std::string{letter};
    }
    return text + "'";
}

// Runs it in `directory`; what it prints goes to the end of `log`.
void run(const std::string& command, const fs::path& directory, std::string& log) {
    // In a shell of its own: a command may be any number of commands, or end with a comment.
    const auto line = "cd " + quoted(directory) + " && sh -c " + quoted(command) + " 2>&1";
    std::FILE* output = ::popen(line.c_str(), "re");
    if (output == nullptr) {
        throw std::system_error(errno, std::generic_category());
    }
    std::array<char, 4096> piece{};
    while (const auto size = std::fread(piece.data(), 1, piece.size(), output)) {
        log.append(piece.data(), size);
        log.erase(0, log.size() - std::min(log.size(), longest_log));
    }
    const int status = ::pclose(output);
    if (WIFSIGNALED(status)) {
        throw std::runtime_error("ended by signal " + std::to_string(WTERMSIG(status)));
    }
    if (status != 0) {
        throw std::runtime_error("exit status " + std::to_string(WEXITSTATUS(status)));
    }
}

// Under another name first: a droplet is there whole or not at all.
void upload(const fs::path& directory, const std::string& droplet, std::string& log) {
    fs::create_directories(fs::path{droplet}.parent_path());
    const auto part = droplet + ".part";
    run("tar -czf " + quoted(part) + " .", directory, log);
    fs::rename(part, droplet);
}

void act(const std::string& action, const fs::path& directory, std::string& log) {
    const auto blank = action.find(' ');
    const std::string_view verb{action.data(), std::min(blank, action.size())};
    const auto what = blank == std::string::npos ? std::string{} : action.substr(blank + 1);
    if (verb == "download") {
        fs::copy(what, directory, fs::copy_options::recursive);
    } else if (verb == "run") {
        run(what, directory, log);
    } else if (verb == "upload") {
        upload(directory, what, log);
    } else {
        throw std::runtime_error("there is no such action");
    }
}

// "action 2: exit status 1". Of the action itself nothing: a reason is short and UTF-8.
std::string reason_of(int number, const std::exception& error) {
    const auto* of_system = dynamic_cast<const std::system_error*>(&error);
    return "action " + std::to_string(number) + ": " +
           (of_system != nullptr ? of_system->code().message() : error.what());
}

taskbbs::Outcome stage(const taskbbs::Task& task) {
    const Scratch scratch;
    std::string log;
    std::istringstream actions{task.payload};
    int number = 0;
    for (std::string action; std::getline(actions, action);) {
        ++number;
        try {
            act(action, scratch.path(), log);
        } catch (const std::exception& error) {
            return {.failed = true, .failure_reason = reason_of(number, error), .result = log};
        }
    }
    return {.result = log};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: staging_executor EXECUTOR_ID\n";
        return 2;
    }
    return examples::serve(argv[1], "staging", stage);
}
