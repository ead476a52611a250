// The face of the fake.
#include "sdk/testing/world.hpp"

#include <utility>

namespace taskbbs::testing {

FakeBroker::FakeBroker(FakeBrokerOptions options) : world_(std::make_shared<World>(options)) {}

FakeBroker::FakeBroker(FakeBroker&&) noexcept = default;

FakeBroker& FakeBroker::operator=(FakeBroker&& other) noexcept {
    std::swap(world_, other.world_);
    return *this;
}

FakeBroker::~FakeBroker() {
    if (world_) {
        world_->stop();
    }
}

ClientOptions FakeBroker::client_options(Post post) const {
    return {.endpoint = "testing", .post = std::move(post), .transport = world_};
}

void FakeBroker::advance(std::chrono::nanoseconds by) {
    world_->advance(by);
}

void FakeBroker::settle() {
    world_->advance(sdk::Duration(0));
}

Time FakeBroker::now() const {
    return world_->board_time();
}

void FakeBroker::stop() {
    world_->stop();
}

void FakeBroker::start() {
    world_->start();
}

void FakeBroker::lose_replies(bool on) {
    world_->lose_replies(on);
}

void FakeBroker::set_read_only(bool on) {
    world_->set_read_only(on);
}

std::optional<Task> FakeBroker::task(std::string_view guid) const {
    std::vector<Task> found = world_->tasks(guid);
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::vector<Task> FakeBroker::tasks() const {
    return world_->tasks(std::nullopt);
}

}  // namespace taskbbs::testing
