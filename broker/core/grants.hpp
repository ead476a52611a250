// Who the clients are: each public key with what its holder may do. One value, made whole and never
// changed: a reload makes another one (docs/security.md).
#pragma once

#include "broker/core/grant.hpp"

#include <absl/container/flat_hash_map.h>
#include <algorithm>
#include <functional>
#include <utility>

namespace taskbbs::core {

class Grants {
  public:
    // False: the key is there already.
    bool add(Grant grant) {
        const auto made = std::make_shared<const Grant>(std::move(grant));
        return by_key_.emplace(made->key, made).second;
    }

    // What the holder of this key may do: nothing, where it is not there.
    GrantPtr of(std::string_view key) const {
        const auto found = by_key_.find(key);
        if (found != by_key_.end()) {
            return found->second;
        }
        return std::make_shared<const Grant>(Grant{.key = std::string(key)});
    }

    // Null: it is not there.
    const Grant* find(std::string_view key) const {
        const auto found = by_key_.find(key);
        return found == by_key_.end() ? nullptr : found->second.get();
    }

    // Whether somebody who heard all events before does not any more.
    bool loses_events_of(const Grants& before) const {
        return std::ranges::any_of(before.by_key_, [this](const auto& entry) {
            const Grant* const now = find(entry.first);
            return !entry.second->is_bounded() && (now == nullptr || now->is_bounded());
        });
    }

    std::size_t size() const { return by_key_.size(); }

  private:
    // Takes a view as well; keys are the operator's choice, nobody else's.
    struct Hash {
        using is_transparent = void;

        std::size_t operator()(std::string_view key) const {
            return std::hash<std::string_view>{}(key);
        }
    };

    absl::flat_hash_map<std::string, GrantPtr, Hash, std::equal_to<>> by_key_;
};

}  // namespace taskbbs::core
