// Any message of the contract at random, by its list of fields: every value is one that its rule
// allows, the bounds more often than chance would have it.
#pragma once

#include "protocol/replies.hpp"

#include <algorithm>
#include <concepts>
#include <deque>
#include <rapidcheck.h>
#include <string>

namespace taskbbs::properties {

// Owns the texts that messages point to, and draws values for one property.
class MessageSource {
  public:
    template <class Message>
    Message any() {
        Message message;
        std::apply([&](const auto&... field) { (fill(field.rule, message.*field.member), ...); },
                   Message::fields());
        return message;
    }

  private:
    // Longer texts show nothing that these do not.
    static constexpr std::int64_t longest_text = 300;

    void fill(const protocol::Rule& rule, std::string_view& out) {
        const auto letters = rule.form == protocol::Rule::Form::name
                                 ? rc::gen::elementOf(std::string("aZ09_-"))
                                 : rc::gen::inRange<char>(' ', '~');
        const std::int64_t longest = std::min(rule.max, longest_text);
        const auto size = *rc::gen::inRange<std::int64_t>(rule.min, longest + 1);
        texts_.push_back(*rc::gen::container<std::string>(static_cast<std::size_t>(size), letters));
        out = texts_.back();
    }

    void fill(const protocol::Rule& rule, std::string& out) {
        std::string_view text;
        fill(rule, text);
        out = text;
    }

    void fill(const protocol::Rule& /*rule*/, bool& out) { out = *rc::gen::arbitrary<bool>(); }

    template <std::integral Int>
    void fill(const protocol::Rule& rule, Int& out) {
        const auto low = static_cast<Int>(rule.min);
        const auto high =
            static_cast<Int>(std::min<std::int64_t>(rule.max, std::numeric_limits<Int>::max()));
        out = *rc::gen::oneOf(rc::gen::just(low), rc::gen::just(high), rc::gen::inRange(low, high));
    }

    template <class Rep, class Period>
    void fill(const protocol::Rule& rule, std::chrono::duration<Rep, Period>& out) {
        std::int64_t count = 0;
        fill(rule, count);
        out = std::chrono::duration<Rep, Period>(count);
    }

    void fill(const protocol::Rule& rule, protocol::Time& out) {
        protocol::Duration since{};
        fill(rule, since);
        out = protocol::Time(since);
    }

    template <class E>
        requires std::is_enum_v<E>
    void fill(const protocol::Rule& /*rule*/, E& out) {
        out = static_cast<E>(*rc::gen::inRange<std::size_t>(0, protocol::names<E>.size()));
    }

    template <class T>
    void fill(const protocol::Rule& rule, std::optional<T>& out) {
        if (*rc::gen::arbitrary<bool>()) {
            fill(rule, out.emplace());
        }
    }

    template <class T>
    void fill(const protocol::Rule& rule, std::vector<T>& out) {
        constexpr std::int64_t most = 4;
        out.resize(static_cast<std::size_t>(
            *rc::gen::inRange<std::int64_t>(0, std::min(rule.max_items, most) + 1)));
        for (T& item : out) {
            fill(rule, item);
        }
    }

    template <class T, std::size_t n>
    void fill(const protocol::Rule& rule, std::array<T, n>& out) {
        for (T& item : out) {
            fill(rule, item);
        }
    }

    void fill(const protocol::Rule& rule, protocol::Holding& out) {
        fill(rule, out.guid);
        fill(protocol::number(), out.epoch);
    }

    template <class T>
        requires requires { T::fields(); }
    void fill(const protocol::Rule& /*rule*/, T& out) {
        out = any<T>();
    }

    std::deque<std::string> texts_;
};

}  // namespace taskbbs::properties
