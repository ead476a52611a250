// Events as replay and watch show them, and the streams that their options name.
#pragma once

#include "cli/arguments.hpp"
#include "cli/printer.hpp"

#include <string_view>
#include <vector>

namespace taskbbs::cli {

// Wide enough that rows shown one at a time mostly stay aligned.
std::vector<Column> event_columns();

// As it is on the wire, or as a row of event_columns().
void show_event(Printer& printer, const Event& event);

// Empty: all.
std::vector<Stream> streams_of(const Arguments& arguments, std::string_view option);

}  // namespace taskbbs::cli
