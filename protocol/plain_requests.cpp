// Requests as they mostly are, read in one walk.
#include "protocol/plain_requests.hpp"

#include "protocol/in_order.hpp"

#include <algorithm>
#include <array>

namespace taskbbs::protocol {

namespace {

// In the order of Verb.
using EveryArgs = std::tuple<HelloArgs,
                             DesireArgs,
                             ClaimArgs,
                             AcquireArgs,
                             StartArgs,
                             CompleteArgs,
                             RejectArgs,
                             CancelArgs,
                             ResolvingArgs,
                             ResolveArgs,
                             GetArgs,
                             ListArgs,
                             ConvergeArgs,
                             HeartbeatArgs,
                             DepartArgs,
                             DrainArgs,
                             ExecutorsArgs,
                             ReplayArgs,
                             StatsArgs,
                             ExplainArgs,
                             PauseArgs,
                             ResumeArgs,
                             PausedArgs>;

constexpr std::size_t verbs = names<Verb>.size();
static_assert(std::tuple_size_v<EveryArgs> == verbs);

template <class Args>
bool pass(PackedWalk& walk) {
    Args args;
    return read_fields<every_view>(walk, args);
}

// Per verb: whether its args stand next.
constexpr auto passes = []<std::size_t... i>(std::index_sequence<i...>) {
    static_assert((... && (std::tuple_element_t<i, EveryArgs>::verb == static_cast<Verb>(i))));
    return std::array{&pass<std::tuple_element_t<i, EveryArgs>>...};
}(std::make_index_sequence<verbs>());

bool read_request(PackedWalk& walk, Request& request) {
    std::uint32_t parts = 0;
    if (!walk.array(parts) || parts != 3 || !walk.integer(request.id) || request.id < 1 ||
        !walk.str(request.verb)) {
        return false;
    }
    const auto verb = named<Verb>(request.verb);
    const char* const begin = walk.at();
    if (!verb || !passes[static_cast<std::size_t>(*verb)](walk)) {
        return false;
    }
    request.packed = {begin, static_cast<std::size_t>(walk.at() - begin)};
    return true;
}

}  // namespace

bool parse_plain_requests(std::string_view bytes, RequestMessage& message) {
    PackedWalk walk(bytes);
    std::uint32_t parts = 0;
    std::int64_t spoken = 0;
    std::string_view session;
    std::uint32_t requests = 0;
    // A value is a byte at least, so there are no more values than parse_requests() takes.
    const bool is_plain = bytes.size() <= max_nodes && walk.array(parts) && parts == 4 &&
                          walk.integer(spoken) && spoken == version && walk.bin(session) &&
                          session.size() == session_bytes && walk.integer(message.acked) &&
                          message.acked >= 0 && walk.array(requests) && requests >= 1 &&
                          requests <= max_requests;
    if (!is_plain) {
        return false;
    }
    std::ranges::copy(session, message.session.bytes.begin());
    message.requests.assign(requests, {});
    return std::ranges::all_of(message.requests,
                               [&](Request& request) { return read_request(walk, request); }) &&
           walk.at_end();
}

}  // namespace taskbbs::protocol
