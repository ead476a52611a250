// The files are those of keys/.
#include "taskbbs/curve.hpp"

#include "keys/key_file.hpp"

namespace taskbbs {

namespace {

Error unusable(std::string message) {
    return {.code = Code::unusable_key, .message = std::move(message)};
}

}  // namespace

Result<CurveKeys> read_curve_keys(const std::string& key_file, const std::string& server_key_file) {
    auto secret_key = keys::read_key(key_file, keys::Kept::secret);
    if (!secret_key) {
        return tl::unexpected(unusable(secret_key.error()));
    }
    auto server_key = keys::read_key(server_key_file, keys::Kept::openly);
    if (!server_key) {
        return tl::unexpected(unusable(server_key.error()));
    }
    return CurveKeys{*std::move(secret_key), *std::move(server_key)};
}

}  // namespace taskbbs
