// Arguments, from the values of the SDK to bytes.
#include "sdk/wire.hpp"

namespace taskbbs::sdk {

namespace {

using protocol::Packer;

std::vector<std::string_view> views_of(const std::vector<std::string>& texts) {
    return {texts.begin(), texts.end()};
}

template <class To, class From>
std::optional<To> view_of_optional(const std::optional<From>& from) {
    return from ? std::optional<To>(*from) : std::nullopt;
}

std::optional<protocol::Resources> wire_of(const std::optional<Resources>& given) {
    if (!given) {
        return std::nullopt;
    }
    return protocol::Resources{given->memory_mb, given->disk_mb, given->cpu_percent};
}

protocol::HelloArgs wire_of(const HelloArgs&) {
    return {};
}

protocol::DesireArgs wire_of(const DesireArgs& args) {
    return {.task = protocol::view_of(args.task)};
}

protocol::ClaimArgs wire_of(const ClaimArgs& args) {
    return {.guid = args.guid, .executor_id = args.executor_id};
}

protocol::AcquireArgs wire_of(const AcquireArgs& args) {
    return {.executor_id = args.executor_id,
            .max = args.max,
            .stacks = views_of(args.stacks),
            .domains = views_of(args.domains),
            .free = wire_of(args.free),
            .wait = args.wait};
}

protocol::StartArgs wire_of(const StartArgs& args) {
    return {.guid = args.guid,
            .executor_id = args.executor_id,
            .container_handle = args.container_handle,
            .epoch = args.epoch};
}

protocol::CompleteArgs wire_of(const CompleteArgs& args) {
    return {.guid = args.guid,
            .failed = args.failed,
            .failure_reason = args.failure_reason,
            .result = args.result,
            .executor_id = view_of_optional<std::string_view>(args.executor_id),
            .epoch = args.epoch};
}

protocol::RejectArgs wire_of(const RejectArgs& args) {
    return {.guid = args.guid,
            .executor_id = args.executor_id,
            .epoch = args.epoch,
            .reason = args.reason,
            .delay = args.delay};
}

protocol::CancelArgs wire_of(const CancelArgs& args) {
    return {.guid = args.guid, .reason = args.reason};
}

protocol::ResolvingArgs wire_of(const ResolvingArgs& args) {
    return {.guid = args.guid};
}

protocol::ResolveArgs wire_of(const ResolveArgs& args) {
    return {.guid = args.guid, .epoch = args.epoch};
}

protocol::GetArgs wire_of(const GetArgs& args) {
    return {.guid = args.guid};
}

protocol::ListArgs wire_of(const ListArgs& args) {
    return {.state = args.state,
            .domain = view_of_optional<std::string_view>(args.domain),
            .executor_id = view_of_optional<std::string_view>(args.executor_id),
            .view = args.full ? protocol::ListView::full : protocol::ListView::header,
            .limit = args.limit,
            .cursor = args.cursor};
}

protocol::ConvergeArgs wire_of(const ConvergeArgs& args) {
    return {.time_to_claim = args.time_to_claim, .convergence_interval = args.convergence_interval};
}

protocol::HeartbeatArgs wire_of(const HeartbeatArgs& args) {
    protocol::HeartbeatArgs wire{.executor_id = args.executor_id,
                                 .ttl = args.ttl,
                                 .incarnation = args.incarnation,
                                 .stacks = views_of(args.stacks),
                                 .slots = args.slots,
                                 .free = wire_of(args.free)};
    for (const Holding& holding : args.running) {
        wire.running.push_back({holding.guid, holding.epoch});
    }
    return wire;
}

protocol::DepartArgs wire_of(const DepartArgs& args) {
    return {.executor_id = args.executor_id,
            .incarnation = view_of_optional<std::string_view>(args.incarnation)};
}

protocol::DrainArgs wire_of(const DrainArgs& args) {
    return {.executor_id = args.executor_id,
            .on = args.on,
            .incarnation = view_of_optional<std::string_view>(args.incarnation)};
}

protocol::ExecutorsArgs wire_of(const ExecutorsArgs& args) {
    return {.limit = args.limit, .cursor = args.cursor};
}

protocol::ReplayArgs wire_of(const ReplayArgs& args) {
    return {.after = args.after,
            .streams = args.streams,
            .domains = views_of(args.domains),
            .guid = args.guid,
            .limit = args.limit};
}

protocol::StatsArgs wire_of(const StatsArgs&) {
    return {};
}

protocol::ExplainArgs wire_of(const ExplainArgs& args) {
    return {.guid = args.guid};
}

protocol::PauseArgs wire_of(const PauseArgs& args) {
    return {.domain = args.domain, .stack = view_of_optional<std::string_view>(args.stack)};
}

protocol::ResumeArgs wire_of(const ResumeArgs& args) {
    return {.domain = args.domain, .stack = view_of_optional<std::string_view>(args.stack)};
}

protocol::PausedArgs wire_of(const PausedArgs&) {
    return {};
}

}  // namespace

template <class Args>
std::string pack(const Args& args) {
    std::string packed;
    Packer packer(packed);
    encode(packer, wire_of(args), protocol::Defaults::omit, protocol::desired);
    return packed;
}

template <class Args>
std::optional<Error> fault_of(const Args& args) {
    const std::string packed = pack(args);
    protocol::Document document;
    const auto map = document.parse(packed);
    typename WireArgs<Args>::Message message;
    const auto fault =
        map ? protocol::decode(*map, message)
            : std::optional(protocol::Fault{.message = "the arguments are too large"});
    if (!fault) {
        return std::nullopt;
    }
    return Error{.code = Code::refused,
                 .status = fault->status,
                 .status_name = std::string(name_of(fault->status)),
                 .message = fault->message,
                 .field = std::string(fault->field),
                 .limit = fault->limit};
}

template std::optional<Error> fault_of(const AcquireArgs&);
template std::optional<Error> fault_of(const DesireArgs&);
template std::optional<Error> fault_of(const HeartbeatArgs&);
template std::optional<Error> fault_of(const ReplayArgs&);
template std::optional<Error> fault_of(const StartArgs&);

template std::string pack(const HelloArgs&);
template std::string pack(const DesireArgs&);
template std::string pack(const ClaimArgs&);
template std::string pack(const AcquireArgs&);
template std::string pack(const StartArgs&);
template std::string pack(const CompleteArgs&);
template std::string pack(const RejectArgs&);
template std::string pack(const CancelArgs&);
template std::string pack(const ResolvingArgs&);
template std::string pack(const ResolveArgs&);
template std::string pack(const GetArgs&);
template std::string pack(const ListArgs&);
template std::string pack(const ConvergeArgs&);
template std::string pack(const HeartbeatArgs&);
template std::string pack(const DepartArgs&);
template std::string pack(const DrainArgs&);
template std::string pack(const ExecutorsArgs&);
template std::string pack(const ReplayArgs&);
template std::string pack(const StatsArgs&);
template std::string pack(const ExplainArgs&);
template std::string pack(const PauseArgs&);
template std::string pack(const ResumeArgs&);
template std::string pack(const PausedArgs&);

}  // namespace taskbbs::sdk
