// The table, by name.
#include "broker/message_ids.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace taskbbs::broker {

std::string_view message_id_of(std::string_view event) {
    constexpr auto ids = std::to_array<std::pair<std::string_view, std::string_view>>({
        {"brake_holds", "11c467d76ff945b5b51918ff51c390e3"},
        {"brake_released", "8ccd1fe20a844e3495ab84c7fb7f84f0"},
        {"client_refused", "36308d8700e74091b761957e0e42c261"},
        {"clock_ahead", "03a006614d664d3faff48d7e78e14e47"},
        {"configuration_wrong", "8c878aab7b29431d96bbaf5e2f88f2ac"},
        {"connections_full", "cafbab613ea34c16bcb443818d7c9d98"},
        {"connections_held_off", "9204fba9a77d4cb283f5bf3452f17770"},
        {"events_dropped", "2b8627d358424d60b3f92269ea5f454d"},
        {"executors_lost", "23c8ba03a22040f291eeaed886c3f6c5"},
        {"failed", "106b56197f7b4db682c928da89b25f4a"},
        {"few_files", "dc1ed4898f694745adea1594caf7d4f3"},
        {"handshake_failed", "a475ef3ef3284316b87448659c5aa523"},
        {"history", "e88adcfc591d47d18287114533c106ce"},
        {"journal", "7632f4bc9dc64e378115a797758f4692"},
        {"journal_damaged", "9769d24a83b44ef3b22ce572cd1bb5f3"},
        {"journal_failed", "a4773a27cc314d398de65f04470fa81d"},
        {"journal_unsupported", "752b6a36963d46a99c186ac9fc9f1869"},
        {"limit_reached", "da7c59f2be084c9ebba1ceb19606d2d5"},
        {"malformed", "86b9ce519506431aa77d99d7bc0c4241"},
        {"not_started", "95b2e02861534fbe8592e6bef32f7f41"},
        {"open_plaintext", "17c360f44ef949f8b0997763f6c9de9f"},
        {"read_only_begins", "7374ef35941e4106b7be41b34b0b2ff1"},
        {"read_only_ends", "ce1f93b4f0034dfb96c10bdcf4d449f5"},
        {"ready", "7b5650f83f2748d5816793698275a226"},
        {"recovered", "58e98f9821294c358761fc0bd39ef82d"},
        {"reload_hidden", "9775034ad9be48b2a6e69812604ed4ee"},
        {"reload_needs_restart", "ab868f5d966647c48a6db5f821d822c3"},
        {"reload_refused", "9f06d09099f646469a5525a518bb816a"},
        {"requester_dropped", "4307e0df9d334c769469c76ae5b44e86"},
        {"slow_sync", "d1e331f60cd448968d7c7c31a58930ad"},
        {"slow_turn", "77c177a0042c494cb213be2ae78025b0"},
        {"snapshot_failed", "3114c141f7714e0ca41aa036f0e375d8"},
        {"snapshot_mismatch", "2fcf9ce19c6944738169bc53dda7dec7"},
        {"snapshot_taken", "e10e52d507cd4ff993ed7dee75c1a89a"},
        {"stopped", "c64f64a1f3cd46c09acc40a50ea3af9d"},
        {"subscriber_dropped", "3ac1b18be93748c684c4cdc1e9dd0790"},
        {"suppressed", "44ede708e37449ae811a0b3be4d209ae"},
        {"torn_tail_cut", "c93b2534a33545229b5563823458a1b8"},
    });
    const auto* const found =
        std::ranges::find(ids, event, &std::pair<std::string_view, std::string_view>::first);
    return found == ids.end() ? std::string_view() : found->second;
}

}  // namespace taskbbs::broker
