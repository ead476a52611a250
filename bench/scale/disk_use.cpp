// What the state directory takes while segments are kept for nobody but the snapshots: under the
// load at full speed, sampled each second, with the snapshot's process killed twice on the way.
#include "bench/scale/experiments.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <fmt/format.h>
#include <mutex>
#include <string_view>
#include <thread>

namespace taskbbs::bench {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr double reach_mib = 1024;  // what the directory may take besides three times the state
constexpr double mib = 1 << 20;

struct Use {
    double all_mib = 0;
    double state_mib = 0;  // the largest of the snapshots
};

// Files come and go meanwhile; one that is gone takes nothing.
Use look_into(const std::string& directory) {
    Use use;
    std::error_code gone;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        const std::uintmax_t bytes = entry.file_size(gone);
        if (gone) {
            continue;
        }
        const double its_mib = static_cast<double>(bytes) / mib;
        use.all_mib += its_mib;
        if (entry.path().filename().string().starts_with("snap-")) {
            use.state_mib = std::max(use.state_mib, its_mib);
        }
    }
    return use;
}

// Samples the directory each second, and kills a snapshot's process when a third and when two
// thirds of the time are over, as soon as there is one.
class Watch {
  public:
    Watch(std::string directory, const Process& broker, double seconds)
        : directory_(std::move(directory)), broker_(broker), seconds_(seconds) {
        thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }

    void end() {
        thread_.request_stop();
        thread_.join();
    }

    double peak_mib() const { return *std::max_element(samples_.begin(), samples_.end()); }

    double median_mib() {
        const auto middle = samples_.begin() + static_cast<std::ptrdiff_t>(samples_.size() / 2);
        std::nth_element(samples_.begin(), middle, samples_.end());
        return *middle;
    }

    double state_mib() const { return state_mib_; }

    int killed() const { return killed_; }

  private:
    void run(const std::stop_token& stop) {
        constexpr int kills = 2;
        const auto began = steady_clock::now();
        auto next_sample = began;
        std::unique_lock lock(mutex_);
        while (!stop.stop_requested()) {
            const auto now = steady_clock::now();
            if (now >= next_sample) {
                const Use use = look_into(directory_);
                samples_.push_back(use.all_mib);
                state_mib_ = std::max(state_mib_, use.state_mib);
                next_sample += 1s;
            }
            const double share = std::chrono::duration<double>(now - began).count() / seconds_;
            const bool kill_is_due = killed_ < kills && share * (kills + 1) > killed_ + 1;
            if (const pid_t child = kill_is_due ? broker_.child() : 0; child > 0) {
                killed_ += ::kill(child, SIGKILL) == 0 ? 1 : 0;
            }
            pause_.wait_for(lock, stop, 20ms, [] { return false; });
        }
    }

    std::string directory_;
    const Process& broker_;
    double seconds_;
    std::vector<double> samples_;
    double state_mib_ = 0;
    int killed_ = 0;
    std::mutex mutex_;
    std::condition_variable_any pause_;
    std::jthread thread_;
};

}  // namespace

std::vector<Row> try_disk_use(const Scene& scene, const Sizes& sizes) {
    Scene longer = scene;
    longer.seconds = std::max(scene.seconds, sizes.disk_seconds);
    std::vector<std::string> arguments = long_intervals();
    arguments.insert(arguments.end(), {"--journal.retain_for", "0s"});
    Ground ground(longer, arguments);
    ground.fill(sizes.disk_board, Standing::running, standing_payload);
    const Server& server = ground.server();
    Watch watch(server.directory() + "/journal", server.process(), longer.seconds);
    const Measured measured = ground.at_full_speed();
    watch.end();
    Row row = scale_row("scale-disk-use",
                        fmt::format("{} tasks, segments kept for nobody", sizes.disk_board),
                        measured);
    row.more["peak_mib"] = watch.peak_mib();
    row.more["median_mib"] = watch.median_mib();
    row.more["state_mib"] = watch.state_mib();
    row.more["share_of_bound"] = watch.peak_mib() / (3 * watch.state_mib() + reach_mib);
    row.more["killed"] = watch.killed();
    row.more["snapshots"] = ground.stat("snapshots");
    row.more["snapshot_failures"] = ground.stat("snapshot_failures");
    row.more["seconds"] = measured.seconds;
    return {row};
}

}  // namespace taskbbs::bench
