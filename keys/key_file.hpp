// Files that hold one key on one line (docs/security.md): FILE the secret one, readable by its
// owner alone, FILE.pub the public one beside it.
#pragma once

#include "keys/key_pair.hpp"

#include <string>
#include <tl/expected.hpp>

namespace taskbbs::keys {

// The one key of a file, as text. The error is one line: the path, what is wrong, what to do.
// `secret`: refuses a file that other users may read, and the public half of a pair: it ends with
// .pub, or holds what the file beside it holds that is called so.
enum class Kept { openly, secret };
tl::expected<std::string, std::string> read_key(const std::string& path, Kept kept);

// Writes a new pair's secret key to `path` (0600) and its public key to `path`.pub (0644), each
// under another name first and then renamed, so that nobody ever reads half a file. Refuses where
// either of them is there: a key that is in use is never overwritten. Returns the public key.
tl::expected<std::string, std::string> write_new_pair(const std::string& path);

}  // namespace taskbbs::keys
