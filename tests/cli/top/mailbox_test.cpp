// cli/top/mailbox.hpp: what other threads leave.
#include "cli/top/mailbox.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <poll.h>

namespace taskbbs::cli::top {
namespace {

bool is_readable(const Mailbox& mailbox) {
    ::pollfd polled{.fd = mailbox.descriptor(), .events = POLLIN, .revents = 0};
    return ::poll(&polled, 1, 0) == 1;
}

Event numbered(Seq seq) {
    return {.seq = seq};
}

void fill(Mailbox& mailbox, std::int64_t watch) {
    for (std::size_t i = 0; i < Mailbox::room; ++i) {
        mailbox.put(numbered(1), watch);
    }
}

}  // namespace

TEST_CASE("letters come in the order in which they were left, and make the descriptor readable") {
    Mailbox mailbox;
    const auto watch = mailbox.next_watch();
    CHECK_FALSE(is_readable(mailbox));
    mailbox.put(numbered(1), watch);
    mailbox.put(numbered(2), watch);
    CHECK(is_readable(mailbox));
    const auto letters = mailbox.take();
    REQUIRE(letters.size() == 2);
    CHECK(std::get<Event>(std::get<Heard>(letters[1])).seq == 2);
    CHECK_FALSE(is_readable(mailbox));
    CHECK(mailbox.take().empty());
}

TEST_CASE("what a former watch left, or leaves, is dropped, answers are not") {
    Mailbox mailbox;
    const auto former = mailbox.next_watch();
    mailbox.put(numbered(1), former);
    mailbox.put(Answer{Result<Stats>{}});
    mailbox.next_watch();
    mailbox.put(numbered(2), former);
    CHECK(mailbox.take().size() == 1);
}

TEST_CASE("a watch waits for room, and goes on when letters are taken") {
    Mailbox mailbox;
    const auto watch = mailbox.next_watch();
    fill(mailbox, watch);
    auto more = std::async(std::launch::async, [&] { mailbox.put(numbered(2), watch); });
    std::size_t taken = mailbox.take().size();
    more.wait();
    taken += mailbox.take().size();
    CHECK(taken == Mailbox::room + 1);
}

TEST_CASE("a watch that waits for room is let go by the next one") {
    Mailbox mailbox;
    const auto former = mailbox.next_watch();
    fill(mailbox, former);
    auto more = std::async(std::launch::async, [&] { mailbox.put(numbered(2), former); });
    mailbox.next_watch();
    more.wait();
    CHECK(mailbox.take().empty());
}

}  // namespace taskbbs::cli::top
