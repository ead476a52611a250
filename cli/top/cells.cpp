// Columns and short spellings.
#include "cli/top/cells.hpp"

#include <algorithm>
#include <array>
#include <clocale>
#include <cmath>
#include <cstdlib>
#include <cwchar>
#include <fmt/format.h>

namespace taskbbs::cli::top {
namespace {

// The C library knows how wide characters are, in a locale of UTF-8; this one is built into it.
// Ours for the calls of a block only: the process's own stays as it is.
class Utf8Locale {
  public:
    Utf8Locale() : before_(::uselocale(utf8())) {}

    ~Utf8Locale() { ::uselocale(before_); }

    Utf8Locale(const Utf8Locale&) = delete;
    Utf8Locale& operator=(const Utf8Locale&) = delete;

  private:
    static ::locale_t utf8() {
        static const ::locale_t made = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
        if (made == nullptr) {
            std::abort();
        }
        return made;
    }

    ::locale_t before_;
};

struct Measured {
    std::size_t bytes = 1;
    int columns = 1;
};

// The first character of a text that is not empty.
Measured measured(std::string_view text) {
    if (static_cast<unsigned char>(text[0]) < 0x80) {
        return {};
    }
    wchar_t character = 0;
    std::mbstate_t state{};
    const std::size_t bytes = std::mbrtowc(&character, text.data(), text.size(), &state);
    if (bytes == 0 || bytes > text.size()) {
        return {};
    }
    return {bytes, std::max(0, ::wcwidth(character))};
}

}  // namespace

int width_of(std::string_view text) {
    const Utf8Locale locale;
    int columns = 0;
    while (!text.empty()) {
        const auto character = measured(text);
        columns += character.columns;
        text.remove_prefix(character.bytes);
    }
    return columns;
}

std::string_view front_of(std::string_view text, int columns) {
    const Utf8Locale locale;
    std::size_t end = 0;
    while (end < text.size()) {
        const auto character = measured(text.substr(end));
        columns -= character.columns;
        if (columns < 0) {
            break;
        }
        end += character.bytes;
    }
    return text.substr(0, end);
}

std::string fitted(std::string_view text, int columns, Align align) {
    const int wide = width_of(text);
    std::string out{text};
    if (wide > columns && columns > 0) {
        out = std::string{front_of(text, columns - 1)} + "…";
    } else if (columns <= 0) {
        return {};
    }
    const auto padding = static_cast<std::size_t>(std::max(0, columns - width_of(out)));
    return align == Align::left ? out + std::string(padding, ' ') : std::string(padding, ' ') + out;
}

std::string spelled_age(Duration age) {
    const auto ms = std::max<std::int64_t>(
        0, std::chrono::duration_cast<std::chrono::milliseconds>(age).count());
    const auto seconds = ms / 1000;
    if (seconds < 10) {
        return fmt::format("{}.{}s", seconds, ms % 1000 / 100);
    }
    if (seconds < 60) {
        return fmt::format("{}s", seconds);
    }
    if (seconds < 3600) {
        return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
    }
    if (seconds < 86'400) {
        return fmt::format("{}h{:02}m", seconds / 3600, seconds % 3600 / 60);
    }
    return fmt::format("{}d{:02}h", seconds / 86'400, seconds % 86'400 / 3600);
}

std::string spelled_count(std::int64_t count) {
    std::string digits = std::to_string(count);
    const std::size_t first = count < 0 ? 1 : 0;
    for (std::size_t at = digits.size(); at > first + 3;) {
        at -= 3;
        digits.insert(at, ",");
    }
    return digits;
}

std::string spelled_rate(double per_second) {
    if (per_second < 0.05) {
        return "0";
    }
    return per_second < 99.95 ? fmt::format("{:.1f}", per_second)
                              : spelled_count(std::llround(per_second));
}

std::string spelled_bytes(double bytes) {
    constexpr std::array<std::string_view, 5> units{"B", "KiB", "MiB", "GiB", "TiB"};
    std::size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < units.size()) {
        bytes /= 1024;
        ++unit;
    }
    return unit == 0 ? fmt::format("{:.0f} B", bytes)
                     : fmt::format("{:.1f} {}", bytes, units[unit]);
}

std::string spelled_latency(std::int64_t microseconds) {
    if (microseconds < 1000) {
        return fmt::format("{} us", microseconds);
    }
    const auto ms = static_cast<double>(microseconds) / 1000;
    return ms < 1000 ? fmt::format("{:.1f} ms", ms) : fmt::format("{:.1f} s", ms / 1000);
}

}  // namespace taskbbs::cli::top
