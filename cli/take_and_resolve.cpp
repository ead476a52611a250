// Two requests, one behind the other.
#include "cli/take_and_resolve.hpp"

#include <memory>
#include <utility>

namespace taskbbs::cli {

std::future<Result<Applied>> take_and_resolve(Connection& connection, const std::string& guid) {
    const auto promise = std::make_shared<std::promise<Result<Applied>>>();
    const auto options = connection.remaining();
    Client& client = connection.client();
    client.call(
        ResolvingArgs{guid},
        [promise, guid, options, &client](Result<Owned> owned) {
            if (!owned) {
                promise->set_value(tl::unexpected{std::move(owned.error())});
                return;
            }
            client.call(
                ResolveArgs{guid, owned->epoch},
                [promise](Result<Applied> applied) { promise->set_value(std::move(applied)); },
                options);
        },
        options);
    return promise->get_future();
}

}  // namespace taskbbs::cli
