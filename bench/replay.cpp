// taskbbs_replay_bench [TASKS [PAYLOAD_BYTES]]: how fast a restart is, without a broker. Makes a
// journal in a temporary directory, of tasks that lived from desire to resolve, and replays it;
// then one of a board of TASKS tasks, and loads its snapshot. User time is the figure that other
// load on the machine does not change.
#include "broker/core/record.hpp"
#include "broker/journal/posix_disk.hpp"
#include "broker/journal/writer.hpp"
#include "broker/recover.hpp"
#include "broker/snapshot_job.hpp"
#include "broker/tags.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fmt/core.h>
#include <sys/resource.h>

namespace {

using namespace taskbbs;
using core::Kind;
using core::State;

constexpr core::Time noon{std::chrono::sys_days(std::chrono::year(2024) / 5 / 1) +
                          std::chrono::hours(12)};

class Directory {
  public:
    explicit Directory(std::string name) : path_(std::move(name)) {
        if (mkdtemp(path_.data()) == nullptr) {
            throw std::runtime_error("no directory " + path_);
        }
    }

    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    ~Directory() { std::filesystem::remove_all(path_); }

    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

// A broker's board and journal, and one client that asks for everything.
class Author {
  public:
    explicit Author(const std::string& directory)
        : disk_(directory, journal::Sync::never),
          writer_(disk_, reserve_, spares_, settings_, journal::recover(disk_, settings_, {}, {})) {
        begin();
    }

    // The next event of the task, with what only that kind of event has set in it.
    void add(core::Event event) {
        if (batch_.empty()) {
            board_.begin_batch(batch_.time(), batch_.run_began());
        }
        event.origin.id = board_.seq() + 1;
        const std::int64_t before = board_.seq() / per_message * per_message;
        event.origin.acked = std::max<std::int64_t>(0, before - in_flight);
        event.origin.verb = core::Verb::start;
        board_.number(event, noon + std::chrono::microseconds(board_.seq()));
        const core::Slot slot = board_.apply(event);
        const core::TaskView after =
            slot == core::no_slot ? core::TaskView{} : board_.tasks().view(slot);
        body_.clear();
        rest_.clear();
        core::encode_body(event, after, body_);
        core::encode_private(event, after, rest_);
        batch_.append(broker::tags_of(event, after), body_, rest_);
        if (batch_.count() == batch_events) {
            commit();
        }
    }

    void close() {
        commit();
        writer_.close();
    }

  private:
    static constexpr std::uint32_t batch_events = 500;
    static constexpr std::int64_t per_message = 50;
    static constexpr std::int64_t in_flight = 500;

    void begin() {
        batch_.clear();
        batch_.set_first_seq(board_.seq() + 1);
        batch_.set_time(noon + std::chrono::microseconds(board_.seq()));
        batch_.set_run_began(noon);
    }

    void commit() {
        batch_.set_digest({board_.digest(), core::digest_version});
        writer_.commit(batch_);
        begin();
    }

    core::Board board_{core::Settings{}};
    journal::Settings settings_{.reserve_bytes = 0};
    journal::PosixDisk disk_;
    journal::Reserve reserve_{disk_, 0, {}};
    journal::Spares spares_{disk_, reserve_, settings_.segment_bytes, {}};
    journal::Writer writer_;
    journal::Batch batch_;
    std::string body_;
    std::string rest_;
};

std::string guid_of(std::size_t number) {
    return fmt::format("0b9f4c6e-55d1-4c3a-9d2e-{:012d}", number);
}

void desire(Author& author, std::string_view guid, std::string_view payload) {
    core::Event event{.kind = Kind::desired, .to = State::pending, .guid = guid};
    event.desired = core::TaskView{.guid = guid, .stack = "render", .payload = payload};
    author.add(event);
}

constexpr std::string_view executor = "executor-1";

void join(Author& author) {
    author.add({.kind = Kind::joined,
                .executor_id = executor,
                .incarnation = "first",
                .ttl = core::milliseconds(15'000)});
}

void live(Author& author, std::string_view guid, std::string_view payload) {
    desire(author, guid, payload);
    author.add(
        {.kind = Kind::claimed, .to = State::claimed, .guid = guid, .executor_id = executor});
    author.add(
        {.kind = Kind::started, .to = State::running, .guid = guid, .container_handle = "box"});
    author.add({.kind = Kind::completed,
                .to = State::completed,
                .guid = guid,
                .ending = core::Ending{.result = payload}});
    author.add({.kind = Kind::resolving, .to = State::resolving, .guid = guid});
    author.add({.kind = Kind::resolved, .to = State::resolved, .guid = guid});
}

double user_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec) / 1e6;
}

struct Measured {
    double wall = 0;  // seconds
    double user = 0;
    broker::RecoveredBoard made;
};

Measured restart(journal::Disk& disk) {
    const auto begun = std::chrono::steady_clock::now();
    const double user = user_seconds();
    Measured measured{.made =
                          broker::recover_board(disk, {.reserve_bytes = 0}, {}, core::Settings{})};
    measured.made.board->begin_serving(noon);
    measured.user = user_seconds() - user;
    measured.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    return measured;
}

void measure_replay(const std::string& parent, std::size_t lives, std::string_view payload) {
    const Directory directory(parent + "/taskbbs-replay-XXXXXX");
    {
        Author author(directory.path());
        join(author);
        for (std::size_t i = 0; i < lives; ++i) {
            live(author, guid_of(i), payload);
        }
        author.close();
    }
    journal::PosixDisk disk(directory.path(), journal::Sync::never);
    const Measured measured = restart(disk);
    const auto events = static_cast<double>(measured.made.journal.events);
    fmt::print("replay: {:.0f} events in {:.3f} s, {:.0f}/s; by user time {:.0f}/s\n",
               events,
               measured.wall,
               events / measured.wall,
               events / measured.user);
}

void measure_load(const std::string& parent, std::size_t tasks, std::string_view payload) {
    const Directory directory(parent + "/taskbbs-replay-XXXXXX");
    {
        Author author(directory.path());
        for (std::size_t i = 0; i < tasks; ++i) {
            desire(author, guid_of(i), payload);
        }
        author.close();
    }
    journal::PosixDisk disk(directory.path(), journal::Sync::never);
    const auto snapshot = broker::take_snapshot(disk, {}, {});
    const Measured measured = restart(disk);
    fmt::print("restart: {} tasks in {:.3f} s, {:.3f} s of user time; {} of them from a snapshot\n",
               measured.made.board->tasks().size(),
               measured.wall,
               measured.user,
               snapshot ? snapshot->tasks : 0);
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t tasks = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    const std::size_t payload_bytes = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 300;
    const char* const parent = std::getenv("TMPDIR");
    try {
        const std::string payload(payload_bytes, 'p');
        const std::string in = parent != nullptr ? parent : "/var/tmp";
        measure_replay(in, tasks / 10, payload);
        measure_load(in, tasks, payload);
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "taskbbs_replay_bench: {}\n", error.what());
        return 1;
    }
}
