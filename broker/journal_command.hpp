// `taskbbsd journal snapshot | verify | dump | repair`: the journal looked at, and mended, without
// a broker. Only `repair` changes what is there.
#pragma once

#include "broker/daemon.hpp"
#include "broker/option_sources.hpp"

namespace taskbbs::broker {

bool is_journal_command(int argc, const char* const* argv);

// `sources`: their arguments begin with the word behind `journal`. What it finds goes to standard
// output, what is wrong to standard error. Throws ConfigurationError.
Exit run_journal_command(const Sources& sources);

}  // namespace taskbbs::broker
