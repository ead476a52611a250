// The load of a campaign of kills (kills.py): requesters and executors of the SDK that lead tasks
// through their whole lives, and write down what each acknowledged call made, a line a call:
//
//     SEQ KIND GUID EXECUTOR EPOCH        "-" and 0 where there is none
//
// taskbbs_kill_load ENDPOINT LEDGER LIVES: so many at once, until SIGTERM; then the lives under way
// come to their end, and so does the program, with 0. The SDK alone retries: a call that comes to
// anything but an answer is a defect, said on standard error, and ends the program with 1.
#include <taskbbs/client.hpp>
#include <taskbbs/executor_session.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace taskbbs;
using namespace std::chrono_literals;

namespace {

constexpr CallOptions patience{.timeout = 180s};
constexpr int executors = 2;
constexpr std::string_view prefix = "sdk-";

[[noreturn]] void fail(const std::string& what) {
    fmt::print(stderr, "taskbbs_kill_load: {}\n", what);
    std::_Exit(1);
}

// One write a line, appended: lines of several threads do not mix, and none is lost with the
// program.
class Ledger {
  public:
    explicit Ledger(const char* path)
        : fd_(open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640)) {
        if (fd_ < 0) fail(fmt::format("{} can't be opened", path));
    }

    ~Ledger() { close(fd_); }

    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    void note(Seq seq, Kind kind, std::string_view guid, std::string_view executor, Seq epoch) {
        const std::string line =
            fmt::format("{} {} {} {} {}\n", seq, name_of(kind), guid, executor, epoch);
        if (write(fd_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
            fail("the ledger can't be written");
        }
    }

  private:
    int fd_;
};

// Begins lives and ends them; what lies between is the executors' part. Callbacks run on the
// client's thread.
class Requester {
  public:
    Requester(Client& client, Ledger& ledger, int lives)
        : client_(client), ledger_(ledger), under_way_(lives) {
        for (int i = 0; i < lives; ++i) {
            begin();
        }
    }

    void finish() { enough_ = true; }

    bool idle() const { return under_way_ == 0; }

    // The outcome of this task is there.
    void take_outcome(const std::string& guid) {
        ask(ResolvingArgs{guid}, guid, [this, guid](const Owned& owned) {
            ledger_.note(owned.seq, Kind::resolving, guid, "-", owned.epoch);
            ask(ResolveArgs{guid, owned.epoch}, guid, [this, guid](const Applied& applied) {
                ledger_.note(applied.seq, Kind::resolved, guid, "-", 0);
                begin();
            });
        });
    }

  private:
    void begin() {
        if (enough_) {
            --under_way_;
            return;
        }
        DesireArgs args;
        args.task.guid = fmt::format("{}{}", prefix, begun_++);
        args.task.stack = "sdk";
        args.task.payload = std::string(300, 'p');
        const std::string guid = args.task.guid;
        ask(args, guid, [this, guid](const Applied& applied) {
            ledger_.note(applied.seq, Kind::desired, guid, "-", 0);
        });
    }

    template <class Args, class Next>
    void ask(const Args& args, const std::string& guid, Next next) {
        client_.call(
            args,
            [guid, next](const Result<typename Args::Reply>& result) {
                if (!result) fail(guid + ": " + result.error().message);
                next(*result);
            },
            patience);
    }

    Client& client_;
    Ledger& ledger_;
    std::atomic<bool> enough_ = false;
    std::atomic<int> under_way_;
    std::atomic<int> begun_ = 0;
};

// Acquires, starts and completes on a thread of its own, one task after the other.
class Worker {
  public:
    Worker(ExecutorSession executor, Requester& requester, Ledger& ledger)
        : executor_(std::move(executor)), requester_(requester), ledger_(ledger) {}

    void run(const std::atomic<bool>& enough) {
        while (!enough) {
            const auto acquired = executor_.acquire({.max = 16, .wait = 200ms}, patience);
            if (!acquired) fail("acquire: " + acquired.error().message);
            for (const Task& task : acquired->tasks) {
                ledger_.note(task.epoch, Kind::claimed, task.guid, name(), task.epoch);
            }
            for (const Task& task : acquired->tasks) {
                work_on(task);
            }
        }
    }

  private:
    const std::string& name() const { return executor_.executor_id(); }

    void work_on(const Task& task) {
        const auto started =
            executor_.client().start({task.guid, name(), task.epoch, "handle"}, patience);
        if (!started) fail(task.guid + ": start: " + started.error().message);
        ledger_.note(started->seq, Kind::started, task.guid, name(), task.epoch);
        const auto completed = executor_.client().complete(
            {.guid = task.guid, .epoch = task.epoch, .result = "done"}, patience);
        if (!completed) fail(task.guid + ": complete: " + completed.error().message);
        ledger_.note(completed->seq, Kind::completed, task.guid, "-", 0);
        executor_.release(task.guid);
        requester_.take_outcome(task.guid);
    }

    ExecutorSession executor_;
    Requester& requester_;
    Ledger& ledger_;
};

Worker worker(const std::string& endpoint, int number, Requester& requester, Ledger& ledger) {
    ExecutorSessionOptions options;
    options.executor_id = fmt::format("{}e{}", prefix, number);
    options.ttl = 10min;
    options.stacks = {"sdk"};
    options.client.endpoint = endpoint;
    auto executor = ExecutorSession::open(options);
    if (!executor) fail(executor.error().message);
    return {std::move(*executor), requester, ledger};
}

void serve(const std::string& endpoint, const char* ledger_path, int lives, const sigset_t& stop) {
    Ledger ledger(ledger_path);
    auto client = Client::open({.endpoint = endpoint});
    if (!client) fail(client.error().message);
    Requester requester(*client, ledger, lives);
    std::atomic<bool> enough = false;
    std::vector<std::thread> threads;
    threads.reserve(executors);
    for (int i = 0; i < executors; ++i) {
        threads.emplace_back([&, i] { worker(endpoint, i, requester, ledger).run(enough); });
    }
    int signal = 0;
    sigwait(&stop, &signal);
    requester.finish();
    while (!requester.idle()) {
        std::this_thread::sleep_for(5ms);
    }
    enough = true;
    for (std::thread& thread : threads) {
        thread.join();
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) fail("usage: taskbbs_kill_load ENDPOINT LEDGER LIVES");
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &stop, nullptr);
    serve(argv[1], argv[2], std::atoi(argv[3]), stop);
}
