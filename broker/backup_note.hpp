// backup.txt: tells people what a backup is, and a restore what has to be in it.
//
//     This is a backup ...
//
//     taken=TIME by=taskbbsd-VERSION checksum=CRC32C seq=1 tasks=2 ...
//
// The checksum, in hex, is of all the text but ` checksum=CRC32C`. Older versions wrote none.
#pragma once

#include "protocol/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace taskbbs::broker {

// `claims`: from "seq=" on, as Backup::text() tells them.
std::string backup_note(protocol::Time taken, std::string_view writer, std::string_view claims);

// What a note claims; nothing where it is damaged or cut short.
std::optional<std::string> claims_of(std::string_view note);

}  // namespace taskbbs::broker
