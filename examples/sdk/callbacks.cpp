// Callbacks on your own executor, here a pool of two threads: whatever can run a function will do.
// The tasks run there, too.
//     example_callbacks tcp://127.0.0.1:7411
#include <taskbbs/executor.hpp>
#include <taskbbs/requester.hpp>

#include <condition_variable>
#include <deque>
#include <iostream>
#include <latch>
#include <mutex>
#include <thread>

using namespace taskbbs;

namespace {

// Stands for the executor that your program has already.
class Pool {
  public:
    void post(std::function<void()> call) {
        const std::lock_guard lock(mutex_);
        calls_.push_back(std::move(call));
        changed_.notify_one();
    }

    void run(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        while (changed_.wait(lock, stop, [this] { return !calls_.empty(); })) {
            const std::function<void()> call = std::move(calls_.front());
            calls_.pop_front();
            lock.unlock();
            call();
            lock.lock();
        }
    }

  private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<std::function<void()>> calls_;
};

Outcome upper(const Task& task, const std::stop_token& /*stop*/) {
    std::string text = task.payload;
    for (char& letter : text) {
        letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    }
    return {.result = text};
}

}  // namespace

int main(int argc, char** argv) {
    Pool pool;
    const auto loop = [&pool](const std::stop_token& stop) { pool.run(stop); };
    const std::jthread one(loop);
    const std::jthread two(loop);
    const Post post = [&pool](std::function<void()> call) { pool.post(std::move(call)); };
    const ClientOptions at{.endpoint = argc > 1 ? argv[1] : "tcp://127.0.0.1:7411", .post = post};

    std::latch all(3);
    auto executor = Executor::open(
        {.executor_id = "callbacks", .slots = 2, .run_on = post, .client = at}, upper);
    auto requester = Requester::open({.name = "callbacks",
                                      .handlers = {.on_completed =
                                                       [&all](const Task& task) {
                                                           std::cout << task.result << '\n';
                                                           all.count_down();
                                                       }},
                                      .client = at});
    for (const char* word : {"one", "two", "three"}) {
        requester->submit({.payload = word});
    }
    all.wait();
    return executor->stop() ? 0 : 1;
}
