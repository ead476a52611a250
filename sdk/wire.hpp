// Between the values of the SDK, which own their bytes, and the messages of the wire, which point
// into somebody else's: one pack() for each kind of arguments, one read() for each kind of answer.
#pragma once

#include "protocol/codec.hpp"
#include "protocol/document.hpp"
#include "protocol/messages.hpp"
#include "taskbbs/calls.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace taskbbs::sdk {

// The verb and the wire's arguments of each calls.hpp type.
template <class Args>
struct WireArgs;

#define TASKBBS_WIRE_ARGS(Type)         \
    template <>                         \
    struct WireArgs<Type> {             \
        using Message = protocol::Type; \
    }
TASKBBS_WIRE_ARGS(HelloArgs);
TASKBBS_WIRE_ARGS(DesireArgs);
TASKBBS_WIRE_ARGS(ClaimArgs);
TASKBBS_WIRE_ARGS(AcquireArgs);
TASKBBS_WIRE_ARGS(StartArgs);
TASKBBS_WIRE_ARGS(CompleteArgs);
TASKBBS_WIRE_ARGS(RejectArgs);
TASKBBS_WIRE_ARGS(CancelArgs);
TASKBBS_WIRE_ARGS(ResolvingArgs);
TASKBBS_WIRE_ARGS(ResolveArgs);
TASKBBS_WIRE_ARGS(GetArgs);
TASKBBS_WIRE_ARGS(ListArgs);
TASKBBS_WIRE_ARGS(ConvergeArgs);
TASKBBS_WIRE_ARGS(HeartbeatArgs);
TASKBBS_WIRE_ARGS(DepartArgs);
TASKBBS_WIRE_ARGS(DrainArgs);
TASKBBS_WIRE_ARGS(ExecutorsArgs);
TASKBBS_WIRE_ARGS(ReplayArgs);
TASKBBS_WIRE_ARGS(StatsArgs);
TASKBBS_WIRE_ARGS(ExplainArgs);
TASKBBS_WIRE_ARGS(PauseArgs);
TASKBBS_WIRE_ARGS(ResumeArgs);
TASKBBS_WIRE_ARGS(PausedArgs);
#undef TASKBBS_WIRE_ARGS

template <class Args>
inline constexpr protocol::Verb verb_of = WireArgs<Args>::Message::verb;

// The arguments as one packed map. Defaults are left out.
template <class Args>
std::string pack(const Args& args);

// What the contract has against arguments, whoever is asked: the refusal (`invalid_request` or
// `too_large`, with its field) that the broker would answer. Nothing where they are well-formed.
// Of those that go on by themselves and are checked before they begin.
template <class Args>
std::optional<Error> fault_of(const Args& args);

// An `ok` body, packed; `unreadable` where it is not what this version expects.
template <class Reply>
Result<Reply> read(std::string_view packed);

// What a refusal says. A status that is not known is a refusal too (`internal`).
Error refusal_of(std::string_view status, std::string_view packed);

// A published or replayed body. Nothing where it can't be read: a kind of a later version.
std::optional<Event> read_event(protocol::Value body);
std::optional<Event> read_event(std::string_view packed);

}  // namespace taskbbs::sdk
