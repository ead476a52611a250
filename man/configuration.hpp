// config/taskbbsd.conf as values: the reasons that stand above the options are what its manual page
// is made of. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::man {

struct ConfiguredOption {
    std::string name;
    std::string value;
    std::string why;           // the comment above it; empty where shares_next
    bool shares_next = false;  // it stands right above another one, under the same comment
};

struct ConfiguredSection {
    std::string name;
    std::vector<ConfiguredOption> settings;
};

struct Configuration {
    std::vector<std::string> opening;  // paragraphs of the comment before the first section
    std::vector<ConfiguredSection> sections;
};

Configuration parse_configuration(std::string_view text);

}  // namespace taskbbs::man
