// Fibers on ucontext. What the C++ runtime keeps per thread, the exceptions that are being handled,
// is kept per fiber; where AddressSanitizer looks on, it is told of each change of stacks.
#include "tests/simulation/fiber.hpp"

#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <ucontext.h>
#include <utility>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

// Of the C++ ABI: the exceptions that this thread is handling.
namespace __cxxabiv1 {
struct __cxa_eh_globals;
extern "C" __cxa_eh_globals* __cxa_get_globals() noexcept;
}  // namespace __cxxabiv1

namespace taskbbs::simulation {

namespace {

constexpr std::size_t stack_bytes = std::size_t{1} << 20;

// As the ABI lays them out.
struct Exceptions {
    void* caught = nullptr;
    unsigned uncaught = 0;
};

Exceptions exchange_exceptions(const Exceptions& with) {
    void* const globals = __cxxabiv1::__cxa_get_globals();
    Exceptions before;
    std::memcpy(&before, globals, sizeof before);
    std::memcpy(globals, &with, sizeof with);
    return before;
}

// Stacks are used again: a simulation makes thousands of fibers.
class Stacks {
  public:
    void* take() {
        if (!free_.empty()) {
            void* const stack = free_.back();
            free_.pop_back();
            return stack;
        }
        void* const made =
            mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (made == MAP_FAILED) std::abort();
        return made;
    }

    void give_back(void* stack) { free_.push_back(stack); }

  private:
    std::vector<void*> free_;
};

Stacks& stacks() {
    static Stacks all;
    return all;
}

Fiber* running = nullptr;

}  // namespace

class Fiber::Machinery {
  public:
    explicit Machinery(std::function<void()> work)
        : work_(std::move(work)), stack_(stacks().take()) {
        getcontext(&inside_);
        inside_.uc_stack.ss_sp = stack_;
        inside_.uc_stack.ss_size = stack_bytes;
        inside_.uc_link = nullptr;
        makecontext(&inside_, &Machinery::begin, 0);
    }

    Machinery(const Machinery&) = delete;
    Machinery& operator=(const Machinery&) = delete;

    ~Machinery() {
        if (!ended_) std::abort();
        stacks().give_back(stack_);
    }

    void resume(Fiber& self) {
        if (running != nullptr || ended_) std::abort();
        running = &self;
        const Exceptions before = exchange_exceptions(exceptions_);
        start_switch(&outside_mark_, stack_, stack_bytes);
        swapcontext(&outside_, &inside_);
        finish_switch(outside_mark_, nullptr, nullptr);
        exceptions_ = exchange_exceptions(before);
        running = nullptr;
    }

    void yield() {
        start_switch(&inside_mark_, outside_stack_, outside_bytes_);
        swapcontext(&inside_, &outside_);
        finish_switch(inside_mark_, &outside_stack_, &outside_bytes_);
    }

    bool ended() const { return ended_; }

  private:
    static void begin() {
        Machinery& self = *running->machinery_;
        finish_switch(nullptr, &self.outside_stack_, &self.outside_bytes_);
        self.work_();
        self.work_ = nullptr;
        self.ended_ = true;
        // Without a place for its mark: this stack is not used again by this fiber.
        start_switch(nullptr, self.outside_stack_, self.outside_bytes_);
        setcontext(&self.outside_);
    }

    static void start_switch([[maybe_unused]] void** mark,
                             [[maybe_unused]] const void* to,
                             [[maybe_unused]] std::size_t bytes) {
#if defined(__SANITIZE_ADDRESS__)
        __sanitizer_start_switch_fiber(mark, to, bytes);
#endif
    }

    static void finish_switch([[maybe_unused]] void* mark,
                              [[maybe_unused]] const void** from,
                              [[maybe_unused]] std::size_t* bytes) {
#if defined(__SANITIZE_ADDRESS__)
        __sanitizer_finish_switch_fiber(mark, from, bytes);
#endif
    }

    std::function<void()> work_;
    void* stack_;
    ucontext_t inside_{};
    ucontext_t outside_{};
    Exceptions exceptions_;
    bool ended_ = false;
    // AddressSanitizer's.
    void* outside_mark_ = nullptr;
    void* inside_mark_ = nullptr;
    const void* outside_stack_ = nullptr;
    std::size_t outside_bytes_ = 0;
};

Fiber::Fiber(std::function<void()> work)
    : machinery_(std::make_unique<Machinery>(std::move(work))) {}

Fiber::~Fiber() = default;

void Fiber::resume() {
    machinery_->resume(*this);
}

bool Fiber::ended() const {
    return machinery_->ended();
}

void Fiber::yield() {
    running->machinery_->yield();
}

Fiber* Fiber::current() {
    return running;
}

}  // namespace taskbbs::simulation
