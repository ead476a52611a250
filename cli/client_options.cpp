// Both keys or none.
#include "cli/client_options.hpp"

#include <fmt/format.h>

namespace taskbbs::cli {

Result<ClientOptions> client_options(const Arguments& arguments) {
    ClientOptions options{.endpoint = arguments.endpoint,
                          .events_endpoint = arguments.text("events").value_or("")};
    const auto key = arguments.text("key");
    const auto server_key = arguments.text("server-key");
    if (!key && !server_key) {
        return options;
    }
    if (!key || !server_key) {
        return tl::unexpected(Error{
            .code = Code::unusable_key,
            .message = fmt::format("{} is missing: --key is this client's secret key, --server-key "
                                   "the broker's public one, and neither is of use alone",
                                   key ? "--server-key" : "--key")});
    }
    return read_curve_keys(*key, *server_key).map([&](CurveKeys keys) {
        options.curve = std::move(keys);
        return options;
    });
}

}  // namespace taskbbs::cli
