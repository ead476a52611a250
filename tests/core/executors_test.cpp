// How executors are remembered and forgotten.
#include "broker/core/executors.hpp"

#include "broker/core/board.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace taskbbs::core {
namespace {

using namespace std::chrono_literals;

// Numbers and applies events as they come.
class Play {
  public:
    void executor(Kind kind, const std::string& id, std::string_view incarnation = {}) {
        apply({.kind = kind, .executor_id = id, .incarnation = incarnation, .ttl = 15s});
    }

    void desire(const std::string& guid) {
        Event event{.kind = Kind::desired, .to = State::pending, .guid = guid};
        event.desired = TaskView{.guid = guid};
        apply(event);
    }

    void task(Kind kind, State to, const std::string& guid, std::string_view executor_id = {}) {
        Event event{.kind = kind, .to = to, .guid = guid, .executor_id = executor_id};
        if (kind == Kind::completed) {
            event.ending = Ending{};
        }
        apply(event);
    }

    // From claimed to completed.
    void run(const std::string& guid, std::string_view executor_id) {
        desire(guid);
        task(Kind::claimed, State::claimed, guid, executor_id);
        task(Kind::started, State::running, guid);
        task(Kind::completed, State::completed, guid);
    }

    void resolve(const std::string& guid) {
        task(Kind::resolving, State::resolving, guid);
        task(Kind::resolved, State::resolved, guid);
    }

    bool knows(std::string_view id) const { return board.executors().find(id) != no_slot; }

    Board board{Settings{}};

  private:
    void apply(Event event) {
        board.number(event, Time{1h});
        board.apply(event);
    }
};

TEST_CASE("an executor that never joined is known as long as a task names it") {
    Play play;
    play.run("a", "e");
    CHECK(play.knows("e"));
    play.resolve("a");
    play.desire("b");  // a resolved task can be read until the next event
    CHECK_FALSE(play.knows("e"));
}

TEST_CASE("an executor that never joined is forgotten when its task goes back to pending") {
    Play play;
    play.desire("a");
    play.task(Kind::claimed, State::claimed, "a", "e");
    play.task(Kind::demoted, State::pending, "a");
    CHECK_FALSE(play.knows("e"));
}

TEST_CASE("an executor that left is remembered with its incarnations") {
    Play play;
    play.executor(Kind::joined, "e", "1");
    play.executor(Kind::lost, "e", "1");
    play.executor(Kind::joined, "e", "2");
    play.executor(Kind::departed, "e", "2");
    REQUIRE(play.knows("e"));
    const ExecutorRecord& executor = play.board.executors()[play.board.executors().find("e")];
    CHECK_FALSE(executor.present);
    CHECK(executor.incarnation == "2");
    CHECK(executor.former_incarnations == std::deque<std::string>{"1"});
}

TEST_CASE("only so many that left are remembered: the one that left first is forgotten first") {
    Play play;
    play.run("a", "e0");
    play.run("b", "e1");
    play.executor(Kind::joined, "e0");
    play.executor(Kind::departed, "e0");
    play.executor(Kind::joined, "e1");
    play.executor(Kind::departed, "e1");
    for (std::size_t i = 2; i < Executors::remembered; ++i) {
        const std::string id = "e" + std::to_string(i);
        play.executor(Kind::joined, id);
        play.executor(Kind::departed, id);
    }
    CHECK(play.knows("e0"));
    play.executor(Kind::joined, "last");
    play.resolve("a");
    play.executor(Kind::departed,
                  "last");  // e0 is forgotten, while its last task can still be read
    CHECK_FALSE(play.knows("e0"));
    play.executor(Kind::joined, "more");
    play.executor(Kind::departed, "more");  // e1 is forgotten but for the task that names it
    CHECK(play.knows("e1"));
    play.desire("c");
    play.resolve("b");
    play.desire("d");
    CHECK_FALSE(play.knows("e1"));
    play.run("x", "new-1");
    play.run("y", "new-2");
    CHECK(play.board.executors().find("new-1") != play.board.executors().find("new-2"));
}

TEST_CASE("tasks that an executor owned when it left are doomed until each of them ended") {
    Play play;
    play.executor(Kind::joined, "e");
    for (const auto* guid : {"a", "b"}) {
        play.desire(guid);
        play.task(Kind::claimed, State::claimed, guid, "e");
    }
    play.executor(Kind::lost, "e");
    play.desire("c");
    play.task(Kind::claimed, State::claimed, "c", "e");
    const Executors& executors = play.board.executors();
    const ExecutorRecord& executor = executors[executors.find("e")];
    CHECK(executor.doomed == 2);
    CHECK(executor.owned() == 3);
    CHECK(executors.being_lost().size() == 1);
    CHECK(executors.absent_owners().empty());
    play.task(Kind::completed, State::completed, "a");
    CHECK(executor.is_being_lost());
    play.task(Kind::cancelled, State::completed, "b");
    CHECK_FALSE(executor.is_being_lost());
    CHECK(executors.being_lost().empty());
    CHECK(executors.absent_owners().size() == 1);  // for what it claimed since
}

TEST_CASE("an event about an executor that is not there changes nothing") {
    Play play;
    play.executor(Kind::lost, "e");
    play.executor(Kind::draining, "e");
    CHECK_FALSE(play.knows("e"));
    CHECK(play.board.executors().draining() == 0);
    CHECK(play.board.seq() == 2);
}

}  // namespace
}  // namespace taskbbs::core
