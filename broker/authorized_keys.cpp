// `#` may be the first character of a key: a line is a comment unless what stands where the key
// would is one.
#include "broker/authorized_keys.hpp"

#include "broker/option_table.hpp"
#include "keys/key_pair.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <span>

namespace taskbbs::broker {

namespace {

constexpr std::size_t max_principal = 64;
constexpr std::size_t max_domain = 64;
constexpr std::size_t max_executor = 128;
// Of one line: each is looked at with every request.
constexpr std::size_t max_names = 256;
constexpr std::string_view blanks = " \t\r";

using Words = std::vector<std::string_view>;

bool is_name(std::string_view text, std::size_t longest, std::string_view marks) {
    return !text.empty() && text.size() <= longest &&
           std::ranges::all_of(text, [&](unsigned char c) {
               return std::isalnum(c) != 0 ||
                      marks.find(static_cast<char>(c)) != std::string_view::npos;
           });
}

bool is_pattern(std::string_view text) {
    const std::string_view fixed = text.ends_with('*') ? text.substr(0, text.size() - 1) : text;
    return text == "*" || is_name(fixed, max_executor, "_-");
}

Words split(std::string_view text, std::string_view separators) {
    Words words;
    for (;;) {
        const std::size_t begin = text.find_first_not_of(separators);
        if (begin == std::string_view::npos) {
            return words;
        }
        const std::size_t end = std::min(text.find_first_of(separators, begin), text.size());
        words.push_back(text.substr(begin, end - begin));
        text.remove_prefix(end);
    }
}

// What stands between commas, also nothing.
Words items(std::string_view text) {
    Words words;
    for (;;) {
        const std::size_t end = std::min(text.find(','), text.size());
        words.push_back(text.substr(0, end));
        if (end == text.size()) {
            return words;
        }
        text.remove_prefix(end + 1);
    }
}

// One line; its faults go to `faults`.
class Line {
  public:
    Line(std::string where, const Words& words, std::vector<Fault>& faults)
        : where_(std::move(where)), words_(words), faults_(faults) {}

    core::Grant read() {
        core::Grant grant{.key = std::string(words_[0])};
        if (!keys::is_key(grant.key)) {
            fault(
                "{} is no public key, which is {} characters of Z85 as in FILE.pub of `taskbbsd "
                "keygen FILE`",
                in_quotes(grant.key),
                keys::key_length);
        }
        if (words_.size() < 3) {
            fault(
                "PUBLIC-KEY principal role[,role] [domains=a,b] [executors=web-*,db-1] is wanted");
            return grant;
        }
        grant.principal = words_[1];
        if (!is_name(grant.principal, max_principal, "_-.@:+")) {
            fault("{} is no principal: up to {} of A-Z a-z 0-9 _ - . @ : +",
                  in_quotes(grant.principal),
                  max_principal);
        }
        read_roles(words_[2], grant);
        for (const std::string_view word : std::span(words_).subspan(3)) {
            read_bound(word, grant);
        }
        std::ranges::sort(grant.domains);
        return grant;
    }

  private:
    template <class... Args>
    void fault(fmt::format_string<Args...> format, Args&&... args) {
        faults_.push_back({where_, fmt::format(format, std::forward<Args>(args)...)});
    }

    void read_roles(std::string_view text, core::Grant& grant) {
        for (const std::string_view word : items(text)) {
            if (const auto role = protocol::named<core::Role>(word)) {
                grant.add(*role);
            } else {
                fault("{} is no role; those are {}",
                      in_quotes(word),
                      fmt::join(protocol::names<core::Role>, ", "));
            }
        }
    }

    void read_bound(std::string_view word, core::Grant& grant) {
        constexpr std::string_view domains = "domains=";
        constexpr std::string_view executors = "executors=";
        if (word.starts_with(domains)) {
            read_names(
                word.substr(domains.size()),
                grant.domains,
                [](std::string_view name) { return is_name(name, max_domain, "_-"); },
                "domains= wants names of domains, as domains=web,db");
        } else if (word.starts_with(executors)) {
            read_names(word.substr(executors.size()),
                       grant.executors,
                       is_pattern,
                       "executors= wants names, or beginnings that end with *, as "
                       "executors=web-*,db-1");
        } else {
            fault("{} is neither domains=a,b nor executors=web-*,db-1", in_quotes(word));
        }
    }

    // One that names nobody would bind the client to nothing: that is never meant.
    template <class IsName>
    void read_names(std::string_view text,
                    std::vector<std::string>& names,
                    const IsName& is_good,
                    std::string_view wanted) {
        if (!names.empty()) {
            return fault("it stands here twice: {}", wanted);
        }
        const Words words = items(text);
        const bool good = !words.empty() && std::ranges::all_of(words, is_good);
        if (!good || words.size() > max_names) {
            return fault("{} won't do: {}, at most {}", in_quotes(text), wanted, max_names);
        }
        names.assign(words.begin(), words.end());
    }

    std::string where_;
    const Words& words_;
    std::vector<Fault>& faults_;
};

// Without what a word that begins with # comments: no key does, since Z85 has no five characters of
// which it is the first.
Words words_of(std::string_view line) {
    Words words = split(line, blanks);
    const auto is_hash = [](std::string_view word) { return word.starts_with('#'); };
    words.erase(std::ranges::find_if(words, is_hash), words.end());
    return words;
}

}  // namespace

tl::expected<core::Grants, std::vector<Fault>> parse_authorized_keys(std::string_view path,
                                                                     std::string_view text) {
    core::Grants grants;
    std::vector<Fault> faults;
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const Words words = words_of(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (words.empty()) {
            continue;
        }
        const std::string where = fmt::format("{}:{}", path, number);
        const std::size_t before = faults.size();
        core::Grant grant = Line(where, words, faults).read();
        if (faults.size() == before && !grants.add(std::move(grant))) {
            faults.push_back({where, "this key stands on a line above: one line a key"});
        }
    }
    if (!faults.empty()) {
        return tl::unexpected(std::move(faults));
    }
    return grants;
}

}  // namespace taskbbs::broker
