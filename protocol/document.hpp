// A parsed MessagePack message: flat nodes over the bytes, which are not copied. Untrusted input
// comes in here and nowhere else, so the bounds of docs/protocol.md, section 1, are enforced here:
// depth, duplicate keys, lengths that lie, bytes left over, and what parsing may cost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <vector>

namespace taskbbs::protocol {

class Document;

enum class Type : std::uint8_t { nil, boolean, integer, big, real, str, bin, ext, array, map };

// A handle on one node of a Document; dies with it. A default-made one is nil.
class Value {
  public:
    Value() = default;

    Type type() const;

    bool is_nil() const { return type() == Type::nil; }

    // Each is nothing unless the node has that type. Integers above 2^63-1 have none here (`big`).
    std::optional<bool> boolean() const;
    std::optional<std::int64_t> integer() const;
    std::optional<double> real() const;
    std::optional<std::string_view> str() const;  // valid UTF-8 or not: see utf8()
    std::optional<std::string_view> bin() const;  // bin alone

    bool utf8() const;         // false for a str that is not UTF-8
    bool utf8_within() const;  // false when any str below, keys included, is not

    // Items of an array; keys and values, alternating, of a map. 0 for the rest.
    std::size_t size() const;

    class Iterator {
      public:
        using iterator_category = std::input_iterator_tag;
        using difference_type = std::ptrdiff_t;
        using value_type = Value;
        using pointer = void;
        using reference = Value;

        Iterator(const Document* document, std::uint32_t at) : document_(document), at_(at) {}

        Value operator*() const { return {document_, at_}; }

        Iterator& operator++();
        bool operator==(const Iterator&) const = default;

      private:
        const Document* document_;
        std::uint32_t at_;
    };

    Iterator begin() const;
    Iterator end() const;

    // Finds a key of a map: linear. nil when it isn't there.
    Value at(std::string_view key) const;

  private:
    friend class Document;

    Value(const Document* document, std::uint32_t at) : document_(document), at_(at) {}

    const Document* document_ = nullptr;
    std::uint32_t at_ = 0;
};

// Reusable: parse() forgets what was there before, and keeps its memory. Not thread-safe.
class Document {
  public:
    // The root, or nothing where the bytes are not one well-formed message within the bounds; why()
    // then says what is wrong, in one line. The bytes must outlive every Value. A map has at most
    // max_keys keys; `most_nodes` bounds the whole: untrusted input wants a bound, since a message
    // of single bytes costs as much as one a dozen times as long.
    std::optional<Value> parse(std::string_view bytes, std::size_t most_nodes = SIZE_MAX);

    std::string_view why() const { return why_; }

  private:
    friend class Value;
    class Visitor;

    struct Node {
        Type type = Type::nil;
        bool utf8 = true;        // of a str
        std::uint32_t size = 0;  // bytes, or children
        std::uint32_t next = 0;  // the node behind this one and all below it

        union {
            std::int64_t integer;
            double real;
            const char* data;
        };

        Node() : integer(0) {}
    };

    // Keys of one map by their hash. A slot of another generation is empty.
    struct SeenKey {
        std::uint32_t generation = 0;
        std::uint32_t hash = 0;
        std::uint32_t key = 0;
    };

    const char* fault_of_keys(std::uint32_t map);
    std::uint32_t hash_of_key(std::uint32_t key) const;
    std::uint32_t next_key(std::uint32_t key) const;
    bool same_key(std::uint32_t a, std::uint32_t b) const;

    std::vector<Node> nodes_;
    std::vector<SeenKey> seen_keys_;  // empty until it is needed
    std::uint32_t generation_ = 0;
    std::size_t probes_ = 0;  // of this message
    bool utf8_ = true;        // of the whole message
    const char* why_ = "";
};

// True when the bytes are valid UTF-8 (RFC 3629: no overlong forms, no surrogates).
bool is_utf8(std::string_view bytes);

}  // namespace taskbbs::protocol
