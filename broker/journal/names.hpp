// The names of the journal's files. Whatever else lies in the directory is left alone.
//
//     LOCK  BACKUP  seg-<first seq>  idx-<first seq>  snap-<last seq>  spare-<n>  reserve  *.tmp
//     seg-<first seq>.torn[.<n>]  snap-<last seq>.bad
#pragma once

#include "broker/journal/disk.hpp"
#include "broker/journal/record.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::journal {

inline constexpr std::string_view lock_name = "LOCK";
inline constexpr std::string_view reserve_name = "reserve";
// Locked by a backup for as long as it reads: no segment is overwritten meanwhile.
inline constexpr std::string_view backup_lock_name = "BACKUP";
// Its presence says that a directory is a backup, or a restore that did not come to its end.
inline constexpr std::string_view backup_note_name = "backup.txt";
inline constexpr std::string_view temporary_suffix = ".tmp";
inline constexpr std::string_view torn_suffix = ".torn";
inline constexpr std::string_view bad_suffix = ".bad";

// The seq has 20 digits, so that names sort as numbers do.
std::string segment_name(Seq first_seq);
std::string index_name(Seq first_seq);
std::string snapshot_name(Seq last_seq);
std::string spare_name(std::uint64_t number);
// A file that is being made: removed at the next start if it is still there.
std::string temporary_name(std::string_view name);

std::optional<Seq> parse_segment_name(std::string_view name);
std::optional<Seq> parse_index_name(std::string_view name);
std::optional<Seq> parse_snapshot_name(std::string_view name);
std::optional<std::uint64_t> parse_spare_name(std::string_view name);
bool is_temporary(std::string_view name);

// The first seqs of the segments among `names`, ascending.
std::vector<Seq> segments_of(const std::vector<std::string>& names);
// The last seqs of the snapshots among `names`, ascending.
std::vector<Seq> snapshots_of(const std::vector<std::string>& names);

}  // namespace taskbbs::journal
