// taskbbs_stub --journal.dir DIR --requests.endpoint E --events.endpoint E: the daemon's loop
// (broker/daemon.cpp) around a core that says yes to everything. Never to be used for anything but
// the benchmark: what it acknowledges is on the disk, and means nothing.
#include "bench/stub/yes_broker.hpp"
#include "broker/core/settings.hpp"
#include "broker/journal/journal_thread.hpp"
#include "broker/journal/posix_disk.hpp"
#include "broker/sockets.hpp"
#include "broker/system.hpp"

#include <array>
#include <cstdio>
#include <cstring>
#include <exception>
#include <poll.h>

namespace {

using namespace taskbbs;
using namespace std::chrono_literals;
using bench::YesBroker;

// As in the daemon.
constexpr core::Duration receive_at_most = 500us;

struct Arguments {
    std::string directory;
    broker::SocketSettings sockets;
};

Arguments parse(int argc, char** argv) {
    const core::LimitSettings limits;
    Arguments arguments{.sockets = {.message_bytes = limits.message_bytes,
                                    .connections = limits.connections,
                                    .peer_bytes = limits.peer_reply_bytes}};
    for (int i = 1; i + 1 < argc; i += 2) {
        if (std::strcmp(argv[i], "--journal.dir") == 0) {
            arguments.directory = argv[i + 1];
        } else if (std::strcmp(argv[i], "--requests.endpoint") == 0) {
            arguments.sockets.requests = argv[i + 1];
        } else if (std::strcmp(argv[i], "--events.endpoint") == 0) {
            arguments.sockets.events = argv[i + 1];
        }
    }
    return arguments;
}

class Loop {
  public:
    Loop(const Arguments& arguments, journal::Disk& disk, const journal::Settings& settings)
        : Loop(arguments,
               disk,
               settings,
               journal::recover(disk, settings, {.now = broker::wall_time()}, {})) {}

    void run() {
        while (!stop_) {
            turn();
        }
        while (journal_.busy()) {
            if (auto batch = journal_.take_completed()) {
                core_.durable(std::move(batch));
            }
        }
        journal_.stop();
    }

  private:
    Loop(const Arguments& arguments,
         journal::Disk& disk,
         const journal::Settings& settings,
         journal::Recovered recovered)
        : sockets_(arguments.sockets),
          core_(sockets_.events_endpoint(), recovered.next_seq(), broker::wall_time()),
          journal_(disk, settings, std::move(recovered), {}) {}

    void turn() {
        poll();
        const bool drained = receive();
        land();
        launch(drained);
        send();
        more_ = !drained;
    }

    void poll() {
        std::array<pollfd, 5> items{{
            {sockets_.requests(), POLLIN, 0},
            {sockets_.connected().requests_monitor(), POLLIN, 0},
            {sockets_.connected().events_monitor(), POLLIN, 0},
            {journal_.fd(), POLLIN, 0},
            {signals_.fd(), POLLIN, 0},
        }};
        ::poll(items.data(), items.size(), more_ || sockets_.has_request() ? 0 : -1);
        if (((items[1].revents | items[2].revents) & POLLIN) != 0) {
            sockets_.connected().follow();
        }
        stop_ = (items[4].revents & POLLIN) != 0;
    }

    bool receive() {
        const core::Time began = broker::wall_time();
        sockets_.begin(began);
        for (core::Time at = began; at - began < receive_at_most; at = broker::wall_time()) {
            if (!sockets_.receive(incoming_)) {
                return true;
            }
            if (incoming_.is_one_frame) {
                core_.receive(incoming_.peer, incoming_.frame, at);
            }
        }
        return false;
    }

    void land() {
        if (auto batch = journal_.take_completed()) {
            core_.durable(std::move(batch));
            send();
        }
    }

    void launch(bool drained) {
        auto batch = core_.take_batch();
        if (!batch) {
            return;
        }
        if (drained && batch->count() == 1 && journal_.commit_here(*batch)) {
            core_.durable(std::move(batch));
        } else {
            journal_.submit(std::move(batch));
        }
    }

    void send() {
        bench::Output& output = core_.output();
        sockets_.publish(output.publications);
        for (broker::Message& message : output.messages) {
            sockets_.send(std::move(message));
        }
        output = {};
    }

    broker::Signals signals_;
    broker::Sockets sockets_;
    YesBroker core_;
    journal::JournalThread journal_;
    broker::Sockets::Incoming incoming_;
    bool more_ = false;
    bool stop_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    try {
        const Arguments arguments = parse(argc, argv);
        journal::Settings settings;
        settings.dir = arguments.directory;
        journal::PosixDisk disk(settings.dir, settings.sync);
        Loop(arguments, disk, settings).run();
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "taskbbs_stub: %s\n", error.what());
        return 1;
    }
}
