// A fiber: work with a stack of its own that can stop in the middle and be resumed. What are
// threads in the daemon are fibers here, so that one seed decides who runs when.
#pragma once

#include <functional>
#include <memory>

namespace taskbbs::simulation {

// Used by one thread. It must have ended before it is destroyed.
class Fiber {
  public:
    // `work` must not throw.
    explicit Fiber(std::function<void()> work);
    Fiber(const Fiber&) = delete;
    Fiber& operator=(const Fiber&) = delete;
    ~Fiber();

    // Runs it until it yields or ends. Not from inside a fiber.
    void resume();

    bool ended() const;

    // From inside: back to whoever resumed it.
    static void yield();

    // The one that runs, or nullptr.
    static Fiber* current();

  private:
    class Machinery;
    std::unique_ptr<Machinery> machinery_;
};

}  // namespace taskbbs::simulation
