// Samples of what commands show.
#include "cli/samples.hpp"

#include "cli/batch/outcome.hpp"
#include "cli/bench/report.hpp"
#include "cli/sweep.hpp"

#include <cstdlib>

namespace taskbbs::cli {
namespace {

Json sample_event() {
    Json sample = json_of(Event{.stream = Stream::pending});
    sample.update(json_of(Event{.stream = Stream::executor}));
    sample.update(json_of(Event{.stream = Stream::queue}));
    return sample;
}

Json sample_executor() {
    return json_of(ExecutorInfo{.free = Resources{.memory_mb = 0, .disk_mb = 0, .cpu_percent = 0}});
}

}  // namespace

std::optional<Json> sample_of(Shape shape) {
    switch (shape) {
        case Shape::open:
            return std::nullopt;
        case Shape::applied:
            return Json{{"guid", ""}, {"seq", 0}};
        case Shape::owned:
            return Json{{"guid", ""}, {"seq", 0}, {"epoch", 0}, {"task", json_of(Task{})}};
        case Shape::rejected:
            return Json{{"guid", ""}, {"seq", 0}, {"state", ""}};
        case Shape::swept:
            return json_of_swept(Task{});
        case Shape::task:
            return json_of(Task{});
        case Shape::header:
            return json_of(Task{}, protocol::header);
        case Shape::event:
            return sample_event();
        case Shape::executor:
            return sample_executor();
        case Shape::of_executor:
            return Json{{"executor_id", ""}, {"seq", 0}};
        case Shape::of_queues:
            return Json{{"domain", ""}, {"stack", nullptr}, {"seq", 0}};
        case Shape::pause:
            return json_of(Pause{});
        case Shape::heartbeat:
            return json_of(HeartbeatAnswer{});
        case Shape::converged:
            return json_of(Converged{});
        case Shape::hello:
            return json_of(Hello{});
        case Shape::measured:
            return json_of(bench::Report{});
        case Shape::outcome:
            return json_of(batch::TaskOutcome{}, "");
        case Shape::batch:
            return Json{{"run", ""}, {"tasks", 0}};
    }
    std::abort();
}

Shape shape_of(const Arguments& arguments) {
    const Command& command = *arguments.command;
    if (command.shape == Shape::header && arguments.text("view") == "full") {
        return Shape::task;
    }
    if (command.shape == Shape::outcome && arguments.flag("detach")) {
        return Shape::batch;
    }
    return command.sweeps && arguments.guids.empty() ? Shape::swept : command.shape;
}

}  // namespace taskbbs::cli
