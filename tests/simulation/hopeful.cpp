// A claim, and later its task.
#include "tests/simulation/hopeful.hpp"

namespace taskbbs::simulation {

using namespace std::chrono_literals;

Hopeful::Hopeful(Bench& bench) : bench_(bench), desiring_(bench) {
    step();
}

void Hopeful::step() {
    if (winding_down_) return;
    const std::string guid = "hope-" + std::to_string(claiming_.size());
    claiming_.push_back(std::make_unique<Client>(bench_));
    claiming_.back()->call<ClaimArgs>({guid, "e0"}, [](const Result<Owned>&) {});
    bench_.schedule.in(bench_.draw.between(500ms, 4s), [this, guid] {
        DesireArgs args;
        args.task.guid = guid;
        args.task.max_rejections = 0;
        desiring_.call<DesireArgs>(args, [](const Result<Applied>&) {});
    });
    bench_.schedule.in(bench_.draw.skewed(300ms), [this] { step(); });
}

}  // namespace taskbbs::simulation
