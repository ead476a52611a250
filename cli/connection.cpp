// Opening a session and saying what went wrong in it.
#include "cli/connection.hpp"

#include "cli/client_options.hpp"
#include "cli/complain.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>

namespace taskbbs::cli {
namespace {

constexpr milliseconds default_timeout{30'000};

}  // namespace

std::optional<Connection> Connection::open(const Arguments& arguments,
                                           std::optional<milliseconds> timeout) {
    auto client = client_options(arguments).and_then(&Client::open);
    if (!client) {
        complain("{}",
                 explained(client.error(),
                           {.command = arguments.command->name, .endpoint = arguments.endpoint}));
        return std::nullopt;
    }
    const auto patience = timeout.value_or(arguments.duration("timeout").value_or(default_timeout));
    return Connection{std::move(*client), arguments, patience};
}

Connection::Connection(Client client, const Arguments& arguments, milliseconds timeout)
    : client_(std::move(client)),
      command_(arguments.command->name),
      endpoint_(arguments.endpoint),
      timeout_(timeout),
      deadline_(std::chrono::steady_clock::now() + timeout_) {}

CallOptions Connection::remaining() const {
    const auto left = std::chrono::ceil<milliseconds>(deadline_ - std::chrono::steady_clock::now());
    return {.timeout = std::max(milliseconds{0}, left)};
}

void Connection::renew() {
    deadline_ = std::chrono::steady_clock::now() + timeout_;
}

Exit Connection::failed(const Error& error, std::string_view guid) const {
    complain(
        "{}",
        explained(error,
                  {.command = command_, .guid = guid, .endpoint = endpoint_, .timeout = timeout_}));
    return exit_of(error);
}

}  // namespace taskbbs::cli
