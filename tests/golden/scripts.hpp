// The lives that the golden journals tell: every verb that journals something, every kind of event,
// and stops of each sort. The same bytes whenever they run.
#pragma once

#include "broker/core/settings.hpp"
#include "tests/journal/memory_disk.hpp"

#include <array>
#include <functional>
#include <string_view>

namespace taskbbs::golden {

// What the boards are made with.
core::Settings board_settings();

struct Script {
    std::string_view name;
    std::function<void(journal::MemoryDisk&)> run;
};

// clean_stop: two runs, both stopped as asked, over several segments.
// torn_tail: killed while a batch was on its way to the disk.
// snapshot: a snapshot and the segments behind it; those before are gone.
const std::array<Script, 4>& scripts();

}  // namespace taskbbs::golden
