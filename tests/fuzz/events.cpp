// What a journal's records say: bodies and private parts, applied one after the other as a restart
// does. An event of another version, or one that a faulty broker wrote, is refused or applied;
// either way the board holds.
//
//     input:  event  event  ...        event:  flags: u8 | body (a piece) | rest (a piece)
#include "broker/journal/require.hpp"
#include "broker/recover.hpp"
#include "protocol/packer.hpp"
#include "tests/fuzz/board_check.hpp"
#include "tests/fuzz/input.hpp"

using namespace taskbbs;

namespace {

enum Flag : std::uint8_t { begins_batch = 1, hours_later = 2, as_it_is = 4 };

// Bytes of a packed integer, its tag included; 0 for what is none.
std::size_t integer_bytes(std::string_view packed) {
    const auto tag = static_cast<std::uint8_t>(packed.empty() ? '\xc1' : packed.front());
    if (tag < 0x80) {
        return 1;
    }
    return tag >= 0xcc && tag <= 0xd3 ? 1 + (std::size_t{1} << (tag & 3)) : 0;
}

// Gives the event the number that is its turn: else no event behind one that the fuzzer left out
// would ever be applied.
void renumber(std::string& body, protocol::Seq seq) {
    constexpr std::string_view key("\xa3seq");
    const std::size_t at = body.find(key);
    if (at == std::string::npos) {
        return;
    }
    const std::size_t value = at + key.size();
    std::string packed;
    protocol::Packer(packed).integer(seq);
    body.replace(value, integer_bytes(std::string_view(body).substr(value)), packed);
}

// Both ways to read a record give the same event, where the fast one gives any.
void check_readings(std::string_view body, std::string_view rest) {
    core::RecordReader reader;
    const auto fast = core::RecordReader::read_in_order(body, rest);
    journal::require(!fast || fast == reader.read_in_any_order(body, rest),
                     "what is read in order is what is read in any order");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    core::Settings settings;
    settings.converge.completed_expiry = std::chrono::minutes(5);
    broker::Fold fold(settings);
    core::Time time{std::chrono::sys_days(std::chrono::year(2024) / 5 / 1)};
    const core::Time run_began = time;
    fuzz::Input input(data, size);
    while (!input.empty()) {
        const unsigned flags = input.byte();
        std::string body = input.piece();
        const std::string rest = input.piece();
        const protocol::Seq seq = fold.board().seq() + 1;
        if ((flags & as_it_is) == 0) {
            renumber(body, seq);
        }
        time += std::chrono::hours((flags & hours_later) != 0 ? 30 : 0);
        if ((flags & begins_batch) != 0) {
            static_cast<void>(fold.begin_batch(
                {.first_seq = seq, .count = 1, .time = time, .run_began = run_began}));
        }
        check_readings(body, rest);
        static_cast<void>(fold.apply({.seq = seq, .body = body, .rest = rest}));
    }
    fuzz::check(*fold.take_board());
    return 0;
}
