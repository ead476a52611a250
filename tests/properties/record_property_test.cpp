// The two ways to read a record agree: what the fast one takes, the one that takes all reads as the
// same event.
#include "broker/core/record.hpp"
#include "tests/properties/message_generator.hpp"
#include "tests/protocol/samples.hpp"

#include <catch2/catch.hpp>

#include <rapidcheck/catch.h>

using namespace taskbbs;
using properties::MessageSource;
using protocol::Kind;

namespace {

struct Bytes {
    std::string body;
    std::string rest;
};

// An event of a task, whatever it says.
Bytes any_event() {
    MessageSource source;
    auto view = source.any<protocol::TaskEventView>();
    view.stream = protocol::stream_of(view.task.state);
    view.kind = static_cast<Kind>(static_cast<std::size_t>(view.kind) %
                                  static_cast<std::size_t>(Kind::joined));
    const auto defaults = *rc::gen::element(protocol::Defaults::omit, protocol::Defaults::keep);
    Bytes bytes{.body = protocol::samples::packed(view, defaults)};
    core::Event event{.kind = view.kind, .to = view.task.state};
    if (*rc::gen::arbitrary<bool>()) {
        event.ending = core::Ending{.result = view.task.result};
    }
    if (*rc::gen::arbitrary<bool>()) {
        event.origin.id = *rc::gen::inRange<protocol::RequestId>(1, protocol::max_integer);
        event.origin.acked = *rc::gen::inRange<protocol::RequestId>(0, event.origin.id);
        event.origin.verb = view.kind == Kind::claimed ? core::Verb::acquire : core::Verb::start;
        event.origin.session.bytes.fill(*rc::gen::arbitrary<char>());
    }
    core::encode_private(event, view.task, bytes.rest);
    return bytes;
}

void change(std::string& bytes) {
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    const char byte = *rc::gen::oneOf(rc::gen::arbitrary<char>(),
                                      rc::gen::element('\xc0', '\xc2', '\xcf', '\xd3', '\xff'));
    switch (*rc::gen::inRange(0, 4)) {
        case 0:
            bytes.insert(at, 1, byte);
            break;
        case 1:
            bytes.erase(at, 1);
            break;
        default:
            bytes[at] = byte;
    }
}

void check_agreement(const Bytes& bytes) {
    const auto fast = core::RecordReader::read_in_order(bytes.body, bytes.rest);
    core::RecordReader reader;
    RC_ASSERT(!fast || fast == reader.read_in_any_order(bytes.body, bytes.rest));
}

}  // namespace

TEST_CASE("properties of records") {
    rc::prop("an event as it is written is read in order, and as it is in any order", [] {
        const Bytes bytes = any_event();
        RC_ASSERT(core::RecordReader::read_in_order(bytes.body, bytes.rest).has_value());
        check_agreement(bytes);
    });
    rc::prop("bytes that were changed are read in order as in any order, or not at all", [] {
        Bytes bytes = any_event();
        const int changes = *rc::gen::inRange(1, 4);
        for (int i = 0; i < changes; ++i) {
            change(*rc::gen::arbitrary<bool>() ? bytes.body : bytes.rest);
            RC_PRE(!bytes.body.empty() && !bytes.rest.empty());
        }
        check_agreement(bytes);
    });
}
