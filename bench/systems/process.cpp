// fork, exec, /proc.
#include "bench/systems/process.hpp"

#include "bench/load/stream.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <netinet/in.h>
#include <optional>
#include <random>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace taskbbs::bench {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

// What the child becomes; nothing of the parent's may be touched here.
[[noreturn]] void become(const Command& command,
                         std::vector<char*>& argv,
                         const char* log,
                         pid_t parent) {
    const int fd = open(log, O_CREAT | O_WRONLY | O_TRUNC, 0644);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    const bool is_user = command.user == 0 || setuid(command.user) == 0;
    end_with(parent);
    if (is_user && chdir(command.directory.c_str()) == 0) {
        execv(argv[0], argv.data());
    }
    _exit(127);
}

pid_t begin(const Command& command, const std::string& log) {
    std::vector<std::string> arguments = command.arguments;
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (std::string& argument : arguments) {
        argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    const pid_t self = getpid();
    const pid_t pid = fork();
    if (pid == 0) {
        become(command, argv, log.c_str(), self);
    }
    return pid;
}

std::string last_lines(const std::string& file) {
    std::ifstream stream(file);
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    constexpr std::size_t most = 600;
    return text.size() > most ? text.substr(text.size() - most) : text;
}

struct ProcessTimes {
    pid_t parent = 0;
    double cpu = 0;  // of the process and those of its children that have ended
};

std::optional<ProcessTimes> read_times(const std::string& pid) {
    std::ifstream file("/proc/" + pid + "/stat");
    std::string line;
    if (!std::getline(file, line)) {
        return std::nullopt;
    }
    // Behind the name, which may hold anything: state, parent, then the times from field 14 on.
    std::istringstream fields(line.substr(line.rfind(')') + 2));
    std::string skipped;
    ProcessTimes times;
    fields >> skipped >> times.parent;
    constexpr int before_times = 9;
    for (int i = 0; i < before_times; ++i) {
        fields >> skipped;
    }
    std::array<double, 4> ticks{};
    for (double& tick : ticks) {
        fields >> tick;
        times.cpu += tick / static_cast<double>(sysconf(_SC_CLK_TCK));
    }
    return times;
}

}  // namespace

Directory::Directory(const std::string& parent) : path_(parent + "/taskbbs-bench-XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) {
        throw std::runtime_error(fmt::format("cannot make a directory below {}", parent));
    }
}

Directory::~Directory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::uint16_t free_port() {
    std::random_device random;
    std::uniform_int_distribution<std::uint16_t> ports(10000, 32767);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* const generic = reinterpret_cast<const sockaddr*>(&address);
    for (int tries = 0; tries < 100; ++tries) {
        address.sin_port = htons(ports(random));
        if (bind(fd, generic, sizeof address) == 0) {
            close(fd);
            return ntohs(address.sin_port);
        }
    }
    throw std::runtime_error("no free port");
}

std::string find_program(const std::string& name) {
    std::vector<std::string> places{fs::canonical("/proc/self/exe").parent_path()};
    const char* path = std::getenv("PATH");
    std::istringstream parts(path != nullptr ? path : "");
    for (std::string part; std::getline(parts, part, ':');) {
        places.push_back(part);
    }
    places.emplace_back("/usr/sbin");
    places.emplace_back("/usr/lib/postgresql/15/bin");
    for (const std::string& place : places) {
        std::string program = fmt::format("{}/{}", place, name);
        if (access(program.c_str(), X_OK) == 0) {
            return program;
        }
    }
    return {};
}

void end_with(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        _exit(1);
    }
}

int run_to_end(const Command& command) {
    const pid_t pid = begin(command, command.directory + "/log-before");
    int status = 0;
    waitpid(pid, &status, 0);
    constexpr int signalled = 128;
    return WIFEXITED(status) ? WEXITSTATUS(status) : signalled + WTERMSIG(status);
}

Process::Process(const Command& command)
    : log_(command.directory + "/log"), pid_(begin(command, log_)) {}

Process::~Process() {
    kill(pid_, SIGTERM);
    constexpr int patience = 1000;
    for (int i = 0; i < patience; ++i) {
        if (waitpid(pid_, nullptr, WNOHANG) != 0) {
            return;
        }
        std::this_thread::sleep_for(10ms);
    }
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

void Process::await(const std::string& endpoint) {
    constexpr int patience = 1000;
    for (int i = 0; i < patience; ++i) {
        if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
            throw std::runtime_error("a server ended at its start: " + last_lines(log_));
        }
        try {
            const Stream stream(endpoint);
            return;
        } catch (const std::runtime_error&) {
            std::this_thread::sleep_for(20ms);
        }
    }
    throw std::runtime_error("a server does not listen: " + last_lines(log_));
}

double Process::cpu_seconds() const {
    std::set<pid_t> tree{pid_};
    double seconds = 0;
    const auto own = read_times(std::to_string(pid_));
    seconds += own ? own->cpu : 0;
    // A child's pid is above its parent's but for a wrap-around, so that one look may miss some.
    for (bool grew = true; grew;) {
        grew = false;
        for (const auto& entry : fs::directory_iterator("/proc")) {
            const std::string name = entry.path().filename();
            if (name.find_first_not_of("0123456789") != std::string::npos) {
                continue;
            }
            const auto times = read_times(name);
            if (times && tree.contains(times->parent) && tree.insert(std::stoi(name)).second) {
                seconds += times->cpu;
                grew = true;
            }
        }
    }
    return seconds;
}

std::uint64_t Process::resident_bytes() const {
    std::ifstream file(fmt::format("/proc/{}/statm", pid_));
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    file >> total >> resident;
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

pid_t Process::child() const {
    std::ifstream file(fmt::format("/proc/{0}/task/{0}/children", pid_));
    pid_t child = 0;
    file >> child;
    return child;
}

}  // namespace taskbbs::bench
