// fork and exec; what the daemon says is read from a pipe until it is ready, then left alone.
#include "broker_process.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace taskbbs::test {

namespace {

std::string daemon_path() {
    const char* const given = std::getenv("TASKBBS_DAEMON");  // NOLINT(concurrency-mt-unsafe)
    return given != nullptr ? given : TASKBBS_DAEMON;
}

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what + ": " + std::strerror(errno));  // NOLINT(concurrency-mt-unsafe)
}

// Held until this process ends, as in ports.py: it is given to no connection and to no other test,
// and the daemon may bind it, also a second time, as it does that with SO_REUSEADDR.
std::string free_endpoint() {
    const int holder = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    const int yes = 1;
    if (bind(holder, generic, size) != 0 || getsockname(holder, generic, &size) != 0 ||
        setsockopt(holder, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0) {
        fail("no free port");
    }
    return "tcp://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

std::string new_directory() {
    std::string name = std::filesystem::temp_directory_path() / "taskbbs-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) fail("no directory");
    return name;
}

[[noreturn]] void become(std::vector<std::string>& arguments, int output) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // gone with the test, however that ends
    dup2(output, STDERR_FILENO);
    std::vector<char*> pointers;
    for (std::string& argument : arguments) {
        pointers.push_back(argument.data());
    }
    pointers.push_back(nullptr);
    execv(pointers.front(), pointers.data());
    _exit(127);
}

// Reads until the daemon is ready, or has ended; true: it is ready.
bool becomes_ready(int input, std::string& said) {
    std::array<char, 512> piece{};
    while (said.find(" ready ") == std::string::npos) {
        const ssize_t n = read(input, piece.data(), piece.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        said.append(piece.data(), static_cast<std::size_t>(n));
    }
    return true;
}

}  // namespace

BrokerProcess::BrokerProcess(std::vector<std::string> options)
    : home_(new_directory()),
      requests_(free_endpoint()),
      events_(free_endpoint()),
      options_(std::move(options)) {
    start();
}

BrokerProcess::~BrokerProcess() {
    if (pid_ > 0) end(SIGKILL);
    std::error_code ignored;
    std::filesystem::remove_all(home_, ignored);
}

void BrokerProcess::kill() {
    end(SIGKILL);
}

int BrokerProcess::stop() {
    return end(SIGTERM);
}

int BrokerProcess::end(int signal) {
    ::kill(pid_, signal);
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void BrokerProcess::start() {
    std::vector<std::string> arguments{daemon_path(),
                                       "--journal.dir=" + home_,
                                       "--requests.endpoint=" + requests_,
                                       "--events.endpoint=" + events_,
                                       "--journal.segment_bytes=2MiB",
                                       "--journal.reserve_bytes=1MiB",
                                       "--limits.batch_bytes=1MiB",
                                       "--converge.every=1h"};
    arguments.insert(arguments.end(), options_.begin(), options_.end());
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("no pipe");
    pid_ = fork();
    if (pid_ == 0) become(arguments, ends[1]);
    close(ends[1]);
    std::string said;
    const bool ready = pid_ > 0 && becomes_ready(ends[0], said);
    // Whoever writes into a pipe that nobody reads is not ended by it: the daemon ignores SIGPIPE.
    close(ends[0]);
    if (!ready) throw std::runtime_error("the daemon does not start: " + said);
}

}  // namespace taskbbs::test
