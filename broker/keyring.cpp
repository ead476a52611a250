// Files are read whole before any of them is believed.
#include "broker/keyring.hpp"

#include "broker/authorized_keys.hpp"
#include "keys/key_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>

namespace taskbbs::broker {

namespace {

using Text = tl::expected<std::string, std::string>;

std::string place_of(const Options& options, std::string_view name) {
    const auto setting = std::ranges::find(options.settings, name, &Setting::name);
    return setting == options.settings.end() ? std::string(name) : setting->where;
}

constexpr std::string_view lines = "a line for each client: PUBLIC-KEY principal role";

tl::unexpected<std::string> not_read(const std::string& path) {
    const bool is_missing = errno == ENOENT;
    return tl::unexpected(fmt::format("can't read {}: {}; {}",
                                      path,
                                      std::strerror(errno),
                                      is_missing ? fmt::format("make it, with {}", lines)
                                                 : "let the broker's user read it (chown, chmod)"));
}

// Whoever may write it decides who may do what.
Text read_authorized_keys(const std::string& path) {
    struct stat status {};

    if (::stat(path.c_str(), &status) != 0) {
        return not_read(path);
    }
    if (!S_ISREG(status.st_mode)) {
        return tl::unexpected(fmt::format("{} is no file: name the one with {}", path, lines));
    }
    if ((status.st_mode & S_IWOTH) != 0) {
        return tl::unexpected(fmt::format(
            "{} says who may do what, and every user may change it: chmod o-w {}", path, path));
    }
    if (static_cast<std::size_t>(status.st_size) > max_authorized_keys_bytes) {
        return tl::unexpected(
            fmt::format("{} has more than {} bytes", path, max_authorized_keys_bytes));
    }
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file) {
        return not_read(path);
    }
    return text;
}

}  // namespace

Keyring load_keyring(const Options& options) {
    Keyring keyring;
    if (!has_curve(options)) {
        return keyring;
    }
    std::vector<Fault> faults;
    const auto note = [&](std::string_view option, const std::string& what) {
        faults.push_back({place_of(options, option), fmt::format("{}: {}", option, what)});
    };
    if (auto key = keys::read_key(options.server_key, keys::Kept::secret)) {
        keyring.secret_key = *std::move(key);
    } else {
        note("security.server_key", key.error());
    }
    if (const Text text = read_authorized_keys(options.authorized_keys); !text) {
        note("security.authorized_keys", text.error());
    } else if (auto grants = parse_authorized_keys(options.authorized_keys, *text)) {
        keyring.grants = *std::move(grants);
    } else {
        faults.insert(faults.end(), grants.error().begin(), grants.error().end());
    }
    if (!faults.empty()) {
        throw ConfigurationError(std::move(faults), options.log_format);
    }
    return keyring;
}

}  // namespace taskbbs::broker
