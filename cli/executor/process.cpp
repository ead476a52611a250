// Forking a supervisor, and speaking with it.
#include "cli/executor/process.hpp"

#include "cli/executor/supervisor.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace taskbbs::cli {
namespace {

struct Pipe {
    Descriptor reading;
    Descriptor writing;
};

std::optional<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return std::nullopt;
    }
    // Ours does not block; the command's does, as commands expect.
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return Pipe{Descriptor{ends[0]}, Descriptor{ends[1]}};
}

// No handler of ours runs in the child, nor does a signal to our group end it: they stay blocked
// until the command is a shell.
pid_t fork_quietly() {
    sigset_t all{};
    sigset_t before{};
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t pid = ::fork();
    if (pid != 0) {
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
    return pid;
}

// A file of its own that holds the input, read from its beginning: nobody waits for a program that
// does not read. Not open: errno says why.
Descriptor open_input(std::string_view input) {
    if (input.empty()) {
        return Descriptor{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    }
    Descriptor file{::memfd_create("taskbbs-payload", MFD_CLOEXEC)};
    while (file.number() >= 0 && !input.empty()) {
        const auto count = ::write(file.number(), input.data(), input.size());
        if (count < 0 && errno != EINTR) {
            return Descriptor{};
        }
        input.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    ::lseek(file.number(), 0, SEEK_SET);
    return file;
}

std::string system_error(const char* what, int number) {
    return fmt::format("cannot start the command: {}: {}", what, std::strerror(number));
}

}  // namespace

void Capture::read() {
    std::array<char, 65'536> part{};
    for (int i = 0; i < 16 && reading_.number() >= 0; ++i) {
        const auto count = ::read(reading_.number(), part.data(), part.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0 && errno == EAGAIN) {
            return;
        }
        if (count <= 0) {
            reading_.close();
            return;
        }
        keep({part.data(), static_cast<std::size_t>(count)});
    }
}

void Capture::keep(std::string_view part) {
    truncated_ = truncated_ || part.size() > bound_.bytes - text_.size();
    if (!bound_.of_end) {
        text_.append(part.substr(0, bound_.bytes - text_.size()));
        return;
    }
    part.remove_prefix(part.size() - std::min(part.size(), bound_.bytes));
    const auto both = text_.size() + part.size();
    text_.erase(0, both - std::min(both, bound_.bytes));
    text_.append(part);
}

tl::expected<Process, std::string> Process::start(const Program& program,
                                                  const std::string& guid,
                                                  Bound out_bound,
                                                  Bound err_bound) {
    const Descriptor in = open_input(program.input);
    if (in.number() < 0) {
        return tl::unexpected{system_error("its input", errno)};
    }
    auto out = make_pipe();
    auto err = make_pipe();
    std::array<int, 2> ends{-1, -1};
    const int paired = ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data());
    Descriptor line{ends[0]};
    const Descriptor theirs{ends[1]};
    const Descriptor null{::open("/dev/null", O_RDWR | O_CLOEXEC)};
    if (!out || !err || paired != 0 || null.number() < 0) {
        return tl::unexpected{system_error("pipe", errno)};
    }
    std::vector<std::string> texts = program.words;
    std::vector<char*> words;
    words.reserve(texts.size() + 1);
    for (std::string& text : texts) {
        words.push_back(text.data());
    }
    words.push_back(nullptr);
    std::string named = fmt::format("TASKBBS_GUID={}", guid);
    std::vector<char*> environment;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        environment.push_back(*variable);
    }
    environment.push_back(named.data());
    environment.push_back(nullptr);

    const pid_t supervisor = fork_quietly();
    if (supervisor < 0) {
        return tl::unexpected{system_error("fork", errno)};
    }
    if (supervisor == 0) {
        supervise({.path = program.path.c_str(),
                   .words = words.data(),
                   .environment = environment.data(),
                   .line = theirs.number(),
                   .null = null.number(),
                   .in = in.number(),
                   .out = out->writing.number(),
                   .err = err->writing.number()});
    }
    return Process{supervisor,
                   std::move(line),
                   Capture{std::move(out->reading), out_bound},
                   Capture{std::move(err->reading), err_bound}};
}

Process::Process(pid_t supervisor, Descriptor line, Capture out, Capture err)
    : supervisor_(supervisor), line_(std::move(line)), out_(std::move(out)), err_(std::move(err)) {}

Process::Process(Process&& other) noexcept
    : supervisor_(std::exchange(other.supervisor_, 0)),
      line_(std::move(other.line_)),
      out_(std::move(other.out_)),
      err_(std::move(other.err_)),
      group_(other.group_),
      over_(other.over_),
      not_run_(other.not_run_),
      status_(other.status_) {}

Process::~Process() {
    if (supervisor_ > 0) {
        line_.close();  // it kills everything
        ::waitpid(supervisor_, nullptr, 0);
    }
}

std::array<int, 3> Process::descriptors() const {
    return {line_.number(), out_.descriptor(), err_.descriptor()};
}

std::optional<Ending> Process::serve() {
    out_.read();
    err_.read();
    if (out_.is_over() && !std::exchange(over_, true)) {
        kill(SIGKILL);  // whatever else it says, it has failed
    }
    return listen() ? std::optional{reap()} : std::nullopt;
}

// True when the supervisor has said its last, or has gone without a word.
bool Process::listen() {
    while (!status_) {
        Told told;
        const auto count = ::recv(line_.number(), &told, sizeof told, MSG_DONTWAIT);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0 && errno == EAGAIN) {
            return false;
        }
        if (count != sizeof told) {
            return true;
        }
        switch (told.what) {
            case Told::What::started:
                group_ = told.value;
                break;
            case Told::What::not_run:
                not_run_ = told.value;
                break;
            case Told::What::ended:
                status_ = told.value;
        }
    }
    return true;
}

Ending Process::reap() {
    int own = 0;
    ::waitpid(std::exchange(supervisor_, 0), &own, 0);
    if (!status_ && group_ > 0) {
        ::kill(-group_, SIGKILL);  // it was killed before it could see to that
    }
    out_.read();
    err_.read();
    if (not_run_) {
        return not_run(system_error("exec", *not_run_));
    }
    const int status = status_.value_or(own);
    CommandResult result{
        .out = out_.text(), .err = err_.text(), .truncated = out_.truncated() || err_.truncated()};
    if (WIFSIGNALED(status)) {
        result.signal = WTERMSIG(status);
    } else {
        result.exit = WEXITSTATUS(status);
    }
    return {.result = std::move(result), .trouble = {}, .limit = std::nullopt};
}

// Where the supervisor is gone, so is the command.
void Process::kill(int signal) {
    const std::int32_t number = signal;
    ::send(line_.number(), &number, sizeof number, MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace taskbbs::cli
