// Each verb's rules follow from which fields its arguments have: a guid is somebody's task, an
// executor_id is in whose name it is asked, a domain or a list of them is what it is asked of.
#include "broker/core/grant.hpp"

#include "protocol/messages.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <span>

namespace taskbbs::core {

using protocol::Status;
using protocol::Verb;

namespace {

constexpr std::array requesters{Role::requester, Role::board_operator};
constexpr std::array executors{Role::executor, Role::board_operator};
constexpr std::array operators{Role::board_operator};
constexpr std::array everybody{
    Role::monitor, Role::requester, Role::executor, Role::board_operator};

std::span<const Role> roles_for(Verb verb) {
    switch (verb) {
        case Verb::desire:
        case Verb::cancel:
        case Verb::resolving:
        case Verb::resolve:
            return requesters;
        case Verb::claim:
        case Verb::acquire:
        case Verb::start:
        case Verb::complete:
        case Verb::reject:
        case Verb::heartbeat:
        case Verb::depart:
            return executors;
        case Verb::converge:
        case Verb::drain:
        case Verb::pause:
        case Verb::resume:
            return operators;
        default:
            return everybody;
    }
}

std::string joined(std::span<const Role> roles, std::string_view separator) {
    std::vector<std::string_view> words;
    for (const Role role : roles) {
        words.push_back(protocol::name_of(role));
    }
    return fmt::format("{}", fmt::join(words, separator));
}

tl::unexpected<Refused> deny(std::string message, std::string_view field) {
    auto refused = refuse(Status::denied, std::move(message));
    refused.value().body.field = field;
    return refused;
}

Decided<void> check_domain(const Grant& grant, std::string_view domain, std::string_view field) {
    if (grant.covers_domain(domain)) {
        return {};
    }
    return deny(fmt::format("'{}' may not use domain '{}', only: {}",
                            grant.principal,
                            domain,
                            fmt::join(grant.domains, " ")),
                field);
}

Decided<void> check_executor(const Grant& grant, std::string_view executor_id) {
    if (grant.covers_executor(executor_id)) {
        return {};
    }
    return deny(fmt::format("'{}' may not act as executor '{}', only as: {}",
                            grant.principal,
                            executor_id,
                            fmt::join(grant.executors, " ")),
                "executor_id");
}

Decided<void> check_task(const Board& board, const Grant& grant, std::string_view guid) {
    if (!grant.is_bounded()) {
        return {};
    }
    const Slot slot = board.tasks().find(guid);
    if (slot != no_slot && !grant.covers_domain(board.tasks().view(slot).domain)) {
        return refuse_unknown(guid);
    }
    return {};
}

Decided<void> check_name(const Grant& grant, const protocol::CompleteArgs& args) {
    return args.executor_id ? check_executor(grant, *args.executor_id) : Decided<void>();
}

template <class Args>
Decided<void> check_name(const Grant& grant, const Args& args) {
    return check_executor(grant, args.executor_id);
}

// Where nobody is named, the one is meant who has the task: whose it is, is told to those alone who
// may see it.
Decided<void> check_owner(const Board& board,
                          const Grant& grant,
                          const protocol::CompleteArgs& args) {
    const Slot slot = args.executor_id ? no_slot : board.tasks().find(args.guid);
    const std::string_view owner =
        slot == no_slot ? std::string_view() : board.tasks().view(slot).executor_id;
    return owner.empty() ? Decided<void>() : check_executor(grant, owner);
}

template <class Args>
concept NamesTask =
    requires(const Args& args) { args.guid; } && !std::same_as<Args, protocol::ReplayArgs>;

// In whose name it is asked; a list is merely filtered by its executor_id.
template <class Args>
concept ActsAsExecutor = requires(const Args& args) {
    args.executor_id;
} && !std::same_as<Args, protocol::ListArgs> && !std::same_as<Args, protocol::DrainArgs>;

template <class Args>
Decided<void> check_domains(const Grant& grant, const Args& args) {
    if constexpr (std::same_as<Args, protocol::DesireArgs>) {
        return check_domain(grant, args.task.domain, "domain");
    } else if constexpr (std::same_as<Args, protocol::ListArgs>) {
        return args.domain ? check_domain(grant, *args.domain, "domain") : Decided<void>();
    } else if constexpr (requires { args.domain; }) {
        return check_domain(grant, args.domain, "domain");
    } else if constexpr (requires { args.domains; }) {
        for (const std::string_view domain : args.domains) {
            if (auto covered = check_domain(grant, domain, "domains"); !covered) {
                return covered;
            }
        }
    }
    return {};
}

// What acts on the whole board, or on executors that serve others as well.
Decided<void> check_reach(const Grant& grant, const protocol::ConvergeArgs& /*args*/) {
    if (!grant.is_bounded()) {
        return {};
    }
    return deny(
        fmt::format("a pass is over all domains, and '{}' is bound to some", grant.principal), "");
}

// An executor may serve other domains as well: who is bound to some drains those alone that are its
// own by name.
Decided<void> check_reach(const Grant& grant, const protocol::DrainArgs& args) {
    if (grant.shows_executor(args.executor_id)) {
        return {};
    }
    if (!grant.executors.empty()) {
        return check_executor(grant, args.executor_id);
    }
    return deny(fmt::format("'{}' is bound to domains, and executor '{}' is not among its "
                            "executors=, of which it has none",
                            grant.principal,
                            args.executor_id),
                "executor_id");
}

template <class Args>
Decided<void> check_reach(const Grant& /*grant*/, const Args& /*args*/) {
    return {};
}

// Another incarnation ends what the one before it holds, and a departure all that is held. Whose
// name an executor is, only executors= says; without it, one that holds tasks of other domains is
// somebody else's.
Decided<void> check_ended(const Board& board, const Grant& grant, const ExecutorRecord& executor) {
    for (const State state : {State::claimed, State::running}) {
        for (const ListKey& key : executor.tasks_in(state)) {
            if (!grant.covers_domain(board.tasks().view(key.slot()).domain)) {
                return deny(fmt::format("executor '{}' holds tasks of domains that '{}' is not "
                                        "bound to, and this would end them: name it in executors= "
                                        "of this key",
                                        executor.id,
                                        grant.principal),
                            "executor_id");
            }
        }
    }
    return {};
}

bool ends(const ExecutorRecord& executor, const protocol::HeartbeatArgs& args) {
    return executor.present && executor.incarnation != args.incarnation;
}

bool ends(const ExecutorRecord& executor, const protocol::DepartArgs& /*args*/) {
    return executor.present;
}

template <class Args>
Decided<void> check_ended(const Board& board, const Grant& grant, const Args& args) {
    if (!grant.is_bounded() || !grant.executors.empty()) {
        return {};
    }
    const Slot slot = board.executors().find(args.executor_id);
    return slot != no_slot && ends(board.executors()[slot], args)
               ? check_ended(board, grant, board.executors()[slot])
               : Decided<void>();
}

// None were named: those that bound the client are meant.
void bound_names(const Grant& grant, protocol::Names& domains) {
    if (domains.empty()) {
        domains.assign(grant.domains.begin(), grant.domains.end());
    }
}

}  // namespace

bool Grant::covers_domain(std::string_view domain) const {
    return !is_bounded() || std::ranges::binary_search(domains, domain);
}

bool Grant::covers_executor(std::string_view executor_id) const {
    const auto covers = [executor_id](std::string_view pattern) {
        return pattern.ends_with('*')
                   ? executor_id.starts_with(pattern.substr(0, pattern.size() - 1))
                   : executor_id == pattern;
    };
    return executors.empty() || std::ranges::any_of(executors, covers);
}

bool Grant::shows_executor(std::string_view executor_id) const {
    return !is_bounded() || (!executors.empty() && covers_executor(executor_id));
}

std::string roles_text(const Grant& grant) {
    std::vector<Role> roles;
    std::ranges::copy_if(
        everybody, std::back_inserter(roles), [&](Role role) { return grant.has(role); });
    return joined(roles, ",");
}

Decided<void> check_role(const Grant& grant, Verb verb) {
    const std::span<const Role> roles = roles_for(verb);
    if (std::ranges::any_of(roles, [&](Role role) { return grant.has(role); })) {
        return {};
    }
    if (grant.roles == 0) {
        return refuse(Status::denied,
                      "this client's key is not, or no longer, among the broker's authorized keys: "
                      "have the operator add it to security.authorized_keys and reload");
    }
    return refuse(Status::denied,
                  fmt::format("{} needs the role {}; '{}' has: {}",
                              name_of(verb),
                              joined(roles, " or "),
                              grant.principal,
                              roles_text(grant)));
}

template <class Args>
Decided<void> check_grant(const Board& board, const Grant& grant, const Args& args) {
    Decided<void> checked = check_role(grant, Args::verb);
    if constexpr (ActsAsExecutor<Args>) {
        checked = checked.and_then([&] { return check_name(grant, args); });
    }
    checked = checked.and_then([&] { return check_reach(grant, args); }).and_then([&] {
        return check_domains(grant, args);
    });
    if constexpr (NamesTask<Args>) {
        checked = checked.and_then([&] { return check_task(board, grant, args.guid); });
    }
    if constexpr (std::same_as<Args, protocol::CompleteArgs>) {
        checked = checked.and_then([&] { return check_owner(board, grant, args); });
    }
    if constexpr (std::same_as<Args, protocol::HeartbeatArgs> ||
                  std::same_as<Args, protocol::DepartArgs>) {
        checked = checked.and_then([&] { return check_ended(board, grant, args); });
    }
    return checked;
}

template Decided<void> check_grant(const Board&, const Grant&, const protocol::DesireArgs&);
template Decided<void> check_grant(const Board&, const Grant&, const protocol::ClaimArgs&);
template Decided<void> check_grant(const Board&, const Grant&, const protocol::AcquireArgs&);
template Decided<void> check_grant(const Board&, const Grant&, const protocol::StartArgs&);
template Decided<void> check_grant(const Board&, const Grant&, const protocol::CompleteArgs&);
template Decided<void> check_grant(const Board&, const Grant&, const protocol::RejectArgs&);
template Decided<void> check_grant(const Board&, const Grant&, const protocol::CancelArgs&);
template Decided<void> check_grant(const Board&, const Grant&, const protocol::ResolvingArgs&);
template Decided<void> check_grant(const Board&, const Grant&, const protocol::ResolveArgs&);
template Decided<void> check_grant(const Board&, const Grant&, const protocol::GetArgs&);
template Decided<void> check_grant(const Board&, const Grant&, const protocol::ListArgs&);
template Decided<void> check_grant(const Board&, const Grant&, const protocol::ConvergeArgs&);
template Decided<void> check_grant(const Board&, const Grant&, const protocol::HeartbeatArgs&);
template Decided<void> check_grant(const Board&, const Grant&, const protocol::DepartArgs&);
template Decided<void> check_grant(const Board&, const Grant&, const protocol::DrainArgs&);
template Decided<void> check_grant(const Board&, const Grant&, const protocol::ExecutorsArgs&);
template Decided<void> check_grant(const Board&, const Grant&, const protocol::ReplayArgs&);
template Decided<void> check_grant(const Board&, const Grant&, const protocol::ExplainArgs&);
template Decided<void> check_grant(const Board&, const Grant&, const protocol::PauseArgs&);
template Decided<void> check_grant(const Board&, const Grant&, const protocol::ResumeArgs&);

void bound(const Grant& grant, protocol::AcquireArgs& args) {
    bound_names(grant, args.domains);
}

void bound(const Grant& grant, protocol::ReplayArgs& args) {
    bound_names(grant, args.domains);
}

}  // namespace taskbbs::core
