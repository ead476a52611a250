// Hashes of guid and domain; 0 stands for "none", so a hash is at least 1.
#include "broker/tags.hpp"

#include "broker/core/slot_index.hpp"
#include "protocol/document.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace taskbbs::broker {

namespace {

std::uint64_t key_of(std::string_view guid) {
    return std::max<std::uint64_t>(core::hash_of(guid), 1);
}

std::uint32_t group_of(std::string_view domain) {
    return std::max<std::uint32_t>(static_cast<std::uint32_t>(core::hash_of(domain)), 1);
}

// What the tags let through, decided by the words themselves.
class Filter {
  public:
    explicit Filter(const protocol::ReplayArgs& args)
        : guid_(args.guid), domains_(args.domains.begin(), args.domains.end()) {
        std::sort(domains_.begin(), domains_.end());
    }

    bool operator()(const journal::RecordTags&, std::string_view body) const {
        protocol::Document document;
        const auto map = document.parse(body);
        if (!map) {
            return false;
        }
        const protocol::Value task = map->at("task");
        const bool of_queues = map->at("stream").str() == name_of(protocol::Stream::queue);
        const auto domain = (of_queues ? *map : task).at("domain").str();
        return (guid_.empty() || task.at("guid").str() == guid_) &&
               (domains_.empty() ||
                std::binary_search(domains_.begin(), domains_.end(), domain.value_or("")));
    }

  private:
    std::string guid_;
    std::vector<std::string> domains_;
};

constexpr std::uint32_t bit_of(protocol::Stream stream) {
    return 1U << static_cast<unsigned>(stream);
}

}  // namespace

journal::RecordTags tags_of(const core::Event& event, const core::TaskView& task) {
    journal::RecordTags tags{.stream = static_cast<std::uint8_t>(event.stream())};
    switch (event.stream()) {
        case core::Stream::executor:
            break;
        case core::Stream::queue:
            tags.version = journal::queue_record_version;
            tags.group = group_of(event.queues.domain);
            break;
        default:
            tags.key = key_of(task.guid);
            tags.group = group_of(task.domain);
    }
    return tags;
}

journal::Query query_of(const protocol::ReplayArgs& args) {
    constexpr std::uint32_t all_streams = (1U << protocol::stream_count) - 1;
    journal::Query query{.after = args.after, .limit = static_cast<std::uint32_t>(args.limit)};
    query.streams = args.streams.empty() ? all_streams : 0;
    for (const protocol::Stream stream : args.streams) {
        query.streams |= bit_of(stream);
    }
    const bool of_tasks = !args.guid.empty() || !args.domains.empty();
    if (!args.guid.empty()) {
        query.streams &= ~bit_of(protocol::Stream::queue);
    }
    if (of_tasks) {
        query.streams &= ~bit_of(protocol::Stream::executor);
        query.accept = Filter(args);
    }
    if (query.streams == 0) {
        // Events alone that have no such guid or domain: nothing is let through.
        query.streams = bit_of(protocol::Stream::executor);
    }
    query.streams = query.streams == all_streams ? 0 : query.streams;
    query.key = args.guid.empty() ? 0 : key_of(args.guid);
    for (const std::string_view domain : args.domains) {
        query.groups.push_back(group_of(domain));
    }
    std::sort(query.groups.begin(), query.groups.end());
    return query;
}

}  // namespace taskbbs::broker
