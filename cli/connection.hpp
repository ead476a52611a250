// The one session of a command, and how its calls are made.
#pragma once

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"
#include "cli/failure.hpp"
#include "taskbbs/client.hpp"

#include <chrono>
#include <future>
#include <string_view>

namespace taskbbs::cli {

// Errors go to standard error as they come. Not thread-safe.
class Connection {
  public:
    // Nothing, said on standard error, where the endpoint can't be used (Exit::usage). `timeout`:
    // instead of --timeout, for a command to which that means something else.
    static std::optional<Connection> open(const Arguments& arguments,
                                          std::optional<milliseconds> timeout = std::nullopt);

    Client& client() { return client_; }

    const std::string& endpoint() const { return endpoint_; }

    // What is left of --timeout; it began when the connection was opened, or renewed.
    CallOptions remaining() const;

    // Gives the whole of --timeout again: for a command that gets on, however much there is to do.
    void renew();

    // Says what went wrong and returns what to end with.
    Exit failed(const Error& error, std::string_view guid = {}) const;

    // Sends without waiting, so that what follows travels along.
    template <class Args>
    std::future<Result<typename Args::Reply>> send(const Args& args) {
        using Answer = Result<typename Args::Reply>;
        auto promise = std::make_shared<std::promise<Answer>>();
        client_.call(
            args, [promise](Answer answer) { promise->set_value(std::move(answer)); }, remaining());
        return promise->get_future();
    }

  private:
    Connection(Client client, const Arguments& arguments, milliseconds timeout);

    Client client_;
    std::string command_;
    std::string endpoint_;
    milliseconds timeout_;
    std::chrono::steady_clock::time_point deadline_;
};

}  // namespace taskbbs::cli
