// What a Client owns: the transport, the I/O thread, the watches that it began.
#pragma once

#include "sdk/io_thread.hpp"
#include "sdk/wire.hpp"
#include "taskbbs/client.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace taskbbs {

namespace sdk {

// The transport that the options ask for; fails as `unusable_endpoint` where they name an endpoint
// that can be none.
Result<std::shared_ptr<Transport>> transport_for(const ClientOptions& options);

}  // namespace sdk

class [[gnu::visibility("hidden")]] Client::Core {
  public:
    Core(ClientOptions options,
         std::shared_ptr<sdk::Transport> transport,
         std::unique_ptr<sdk::IoThread> io);

    // Ends the watches, then the calls. Again: nothing.
    void close();

    // The callback runs on the I/O thread, whatever place the client was given for callbacks.
    template <class Args>
    void begin(const Args& args, Callback<typename Args::Reply> done, CallOptions options);
    // The callback runs at the client's place.
    template <class Args>
    void begin_posted(const Args& args, Callback<typename Args::Reply> done, CallOptions options);
    template <class Args>
    Result<typename Args::Reply> call(const Args& args, CallOptions options);

    // Keeps the thread until it has ended, or the client closes.
    void adopt(std::shared_ptr<Watch::Thread> watch);

    const ClientOptions& options() const { return options_; }

    const std::shared_ptr<sdk::Transport>& transport() const { return transport_; }

  private:
    const ClientOptions options_;
    const std::shared_ptr<sdk::Transport> transport_;
    const std::unique_ptr<sdk::IoThread> io_;
    std::mutex mutex_;
    std::vector<std::shared_ptr<Watch::Thread>> watches_;  // guarded by mutex_
};

}  // namespace taskbbs
