// Builds the flat nodes from msgpack's visitor. The library does the lexing and never allocates for
// what a length merely claims; the visitor stops it at the first thing that breaks a bound.
#include "protocol/document.hpp"

#include "protocol/limits.hpp"

#include <boost/locale/utf.hpp>
#include <msgpack.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>

namespace taskbbs::protocol {

bool is_utf8(std::string_view bytes) {
    const char* at = bytes.data();
    const char* const end = at + bytes.size();
    constexpr std::uint64_t high_bits = 0x8080808080808080;
    for (std::uint64_t word = 0; end - at >= 8; at += 8) {
        std::memcpy(&word, at, 8);
        if ((word & high_bits) != 0) {
            break;
        }
    }
    namespace utf = boost::locale::utf;
    while (at != end) {
        if (static_cast<signed char>(*at) >= 0) {
            ++at;
            continue;
        }
        const utf::code_point point = utf::utf_traits<char>::decode(at, end);
        if (point == utf::illegal || point == utf::incomplete) {
            return false;
        }
    }
    return true;
}

// ---- building --------------------------------------------------------------------------------

class Document::Visitor : public msgpack::null_visitor {
  public:
    Visitor(Document& document, std::string_view bytes, std::size_t most_nodes)
        : document_(document), remaining_(bytes.size()), most_nodes_(most_nodes) {}

    bool visit_nil() { return leaf(Type::nil); }

    bool visit_boolean(bool value) {
        return leaf(Type::boolean) && (last().integer = value ? 1 : 0, true);
    }

    bool visit_positive_integer(std::uint64_t value) {
        const bool fits = value <= static_cast<std::uint64_t>(INT64_MAX);
        return leaf(fits ? Type::integer : Type::big) &&
               (last().integer = static_cast<std::int64_t>(value), true);
    }

    bool visit_negative_integer(std::int64_t value) {
        return leaf(Type::integer) && (last().integer = value, true);
    }

    bool visit_float32(float value) { return visit_float64(static_cast<double>(value)); }

    bool visit_float64(double value) { return leaf(Type::real) && (last().real = value, true); }

    bool visit_str(const char* data, std::uint32_t size) {
        if (!text(Type::str, data, size)) {
            return false;
        }
        last().utf8 = is_utf8({data, size});
        document_.utf8_ = document_.utf8_ && last().utf8;
        return true;
    }

    bool visit_bin(const char* data, std::uint32_t size) { return text(Type::bin, data, size); }

    bool visit_ext(const char* data, std::uint32_t size) { return text(Type::ext, data, size); }

    bool start_array(std::uint32_t count) { return open(Type::array, count, count); }

    bool end_array() { return close(); }

    bool start_map(std::uint32_t count) {
        if (count > max_keys) {
            return stop("a map has more than 256 keys");
        }
        return open(Type::map, count, 2 * static_cast<std::uint64_t>(count));
    }

    bool end_map() {
        const std::uint32_t map = open_[depth_ - 1];
        if (!close()) {
            return false;
        }
        const char* const fault = document_.fault_of_keys(map);
        return fault == nullptr || stop(fault);
    }

    void parse_error(std::size_t, std::size_t) { stop("not MessagePack"); }

    void insufficient_bytes(std::size_t, std::size_t) { stop("it ends before it is complete"); }

  private:
    Node& last() { return document_.nodes_.back(); }

    bool stop(const char* why) {
        if (*document_.why_ == '\0') {
            document_.why_ = why;
        }
        return false;
    }

    bool leaf(Type type) {
        if (document_.nodes_.size() == most_nodes_) {
            return stop("it has too many values: send fewer requests in a message");
        }
        Node node;
        node.type = type;
        node.next = static_cast<std::uint32_t>(document_.nodes_.size() + 1);
        document_.nodes_.push_back(node);
        return true;
    }

    bool text(Type type, const char* data, std::uint32_t size) {
        if (!leaf(type)) {
            return false;
        }
        last().size = size;
        last().data = data;
        return true;
    }

    // `children` take at least a byte each, so a count beyond the message's length is a lie.
    bool open(Type type, std::uint32_t count, std::uint64_t children) {
        if (depth_ == max_depth) {
            return stop("nested deeper than 8");
        }
        if (children > remaining_) {
            return stop("a length is longer than the message");
        }
        open_[depth_++] = static_cast<std::uint32_t>(document_.nodes_.size());
        if (!leaf(type)) {
            return false;
        }
        last().size = count;
        return true;
    }

    bool close() {
        Node& node = document_.nodes_[open_[--depth_]];
        node.next = static_cast<std::uint32_t>(document_.nodes_.size());
        return true;
    }

    Document& document_;
    std::size_t remaining_;
    std::size_t most_nodes_;
    std::array<std::uint32_t, max_depth> open_{};
    std::size_t depth_ = 0;
};

std::optional<Value> Document::parse(std::string_view bytes, std::size_t most_nodes) {
    nodes_.clear();
    probes_ = 0;
    utf8_ = true;
    why_ = "";
    Visitor visitor(*this, bytes, most_nodes);
    std::size_t consumed = 0;
    const bool whole = msgpack::parse(bytes.data(), bytes.size(), consumed, visitor);
    if (!whole || *why_ != '\0') {
        why_ = *why_ != '\0' ? why_ : "not MessagePack";
        return std::nullopt;
    }
    if (consumed != bytes.size()) {
        why_ = "bytes are left over behind it";
        return std::nullopt;
    }
    return Value{this, 0};
}

bool Document::same_key(std::uint32_t a, std::uint32_t b) const {
    const Node& x = nodes_[a];
    const Node& y = nodes_[b];
    if (x.type != y.type || x.size != y.size) {
        return false;
    }
    switch (x.type) {
        case Type::str:
        case Type::bin:
        case Type::ext:
            return x.size == 0 || std::memcmp(x.data, y.data, x.size) == 0;
        case Type::nil:
            return true;
        case Type::array:
        case Type::map:
            return false;  // no field has such a name
        default:
            return x.integer == y.integer;
    }
}

std::uint32_t Document::next_key(std::uint32_t key) const {
    const std::uint32_t value = nodes_[key].next;
    return nodes_[value].next;
}

std::uint32_t Document::hash_of_key(std::uint32_t key) const {
    constexpr std::size_t odd = 0x9E3779B97F4A7C15;
    const Node& node = nodes_[key];
    const bool is_text = node.type >= Type::str && node.type <= Type::ext;
    const std::size_t hash = is_text ? std::hash<std::string_view>()({node.data, node.size})
                                     : static_cast<std::size_t>(node.integer);
    return static_cast<std::uint32_t>(((hash ^ static_cast<std::size_t>(node.type)) * odd) >> 32);
}

// nullptr: there is none. Each key is looked up among those before it in a table that is at most
// half full, so that it takes a probe or two. Keys that were made to collide take more: a message
// that needs far more probes than any other is refused instead of worked through.
const char* Document::fault_of_keys(std::uint32_t map) {
    if (nodes_[map].size < 2) {
        return nullptr;
    }
    constexpr std::size_t most_probes = 4 * max_nodes;
    constexpr unsigned bits = 9;
    constexpr std::size_t slots = std::size_t{1} << bits;
    static_assert(2 * max_keys <= slots);
    // Once in four thousand million maps the generations begin anew.
    if (seen_keys_.empty() || ++generation_ == 0) {
        seen_keys_.assign(slots, {});
        generation_ = 1;
    }
    for (std::uint32_t key = map + 1; key != nodes_[map].next; key = next_key(key)) {
        const std::uint32_t hash = hash_of_key(key);
        std::size_t at = hash >> (32 - bits);
        for (; seen_keys_[at].generation == generation_; at = (at + 1) % slots) {
            if (seen_keys_[at].hash == hash && same_key(seen_keys_[at].key, key)) {
                return "a map has the same key twice";
            }
            if (++probes_ > most_probes) {
                return "too many of its keys are alike";
            }
        }
        seen_keys_[at] = {generation_, hash, key};
    }
    return nullptr;
}

// ---- reading ---------------------------------------------------------------------------------

Type Value::type() const {
    return document_ == nullptr ? Type::nil : document_->nodes_[at_].type;
}

std::optional<bool> Value::boolean() const {
    if (type() != Type::boolean) {
        return std::nullopt;
    }
    return document_->nodes_[at_].integer != 0;
}

std::optional<std::int64_t> Value::integer() const {
    if (type() != Type::integer) {
        return std::nullopt;
    }
    return document_->nodes_[at_].integer;
}

std::optional<double> Value::real() const {
    if (type() != Type::real) {
        return std::nullopt;
    }
    return document_->nodes_[at_].real;
}

std::optional<std::string_view> Value::str() const {
    if (type() != Type::str) {
        return std::nullopt;
    }
    const Document::Node& node = document_->nodes_[at_];
    return std::string_view(node.data, node.size);
}

std::optional<std::string_view> Value::bin() const {
    if (type() != Type::bin) {
        return std::nullopt;
    }
    const Document::Node& node = document_->nodes_[at_];
    return std::string_view(node.data, node.size);
}

bool Value::utf8() const {
    return type() != Type::str || document_->nodes_[at_].utf8;
}

bool Value::utf8_within() const {
    if (document_ == nullptr || document_->utf8_) {
        return true;
    }
    const auto& nodes = document_->nodes_;
    return std::all_of(nodes.begin() + at_, nodes.begin() + nodes[at_].next, [](const auto& node) {
        return node.type != Type::str || node.utf8;
    });
}

std::size_t Value::size() const {
    switch (type()) {
        case Type::array:
            return document_->nodes_[at_].size;
        case Type::map:
            return 2 * static_cast<std::size_t>(document_->nodes_[at_].size);
        default:
            return 0;
    }
}

Value::Iterator& Value::Iterator::operator++() {
    at_ = document_->nodes_[at_].next;
    return *this;
}

Value::Iterator Value::begin() const {
    return size() == 0 ? end() : Iterator{document_, at_ + 1};
}

Value::Iterator Value::end() const {
    return {document_, document_ == nullptr ? 0 : document_->nodes_[at_].next};
}

Value Value::at(std::string_view key) const {
    if (type() != Type::map) {
        return {};
    }
    for (Iterator it = begin(); it != end(); ++it) {
        const Value name = *it;
        ++it;
        if (name.str() == key) {
            return *it;
        }
    }
    return {};
}

}  // namespace taskbbs::protocol
