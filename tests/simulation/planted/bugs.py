"""The bugs that the simulator must catch: each is a change to one place of the production sources,
which are themselves never touched (see plant.py). `find` stands there exactly once; `put` takes its
place, and asks planted("name") whether the bug is chosen.

`seed`: from here on, within so many seeds as hunt.py's --replay tries, it is found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bug:
    name: str
    file: str
    find: str
    put: str
    seed: int = 1


BUGS = [
    # ---- the loop --------------------------------------------------------------------------------
    Bug(
        "reply_before_sync",
        "broker/broker.cpp",
        "    flight_ = Flight{",
        '    if (planted("reply_before_sync")) gathering_.close(board_.seq(), output_.messages);\n'
        "    flight_ = Flight{",
    ),
    Bug(
        "read_reveals_undurable",
        "broker/verbs.cpp",
        "    reply(caller, protocol::GetReply{board_.tasks().view(*slot), board_.seq()});",
        '    if (planted("read_reveals_undurable")) {\n'
        "        Outbox early = new_outbox();\n"
        "        early.reply(caller.peer, caller.id,\n"
        "                    protocol::GetReply{board_.tasks().view(*slot), board_.seq()});\n"
        "        return early.close(board_.seq(), output_.messages);\n"
        "    }\n"
        "    reply(caller, protocol::GetReply{board_.tasks().view(*slot), board_.seq()});",
    ),
    Bug(
        "expired_id_executed",
        "broker/broker.cpp",
        "        if (request.id <= board_.sessions().acked(caller.session)) {",
        "        if (request.id <= board_.sessions().acked(caller.session) &&\n"
        '            !planted("expired_id_executed")) {',
    ),
    Bug(
        "retry_executed_again",
        "broker/broker.cpp",
        "        if (const core::Outcome* outcome = "
        "board_.sessions().find(caller.session, request.id)) {",
        "        if (const core::Outcome* outcome =\n"
        '                planted("retry_executed_again")\n'
        "                    ? nullptr\n"
        "                    : board_.sessions().find(caller.session, request.id)) {",
    ),
    Bug(
        "lost_executors_tasks_kept",
        "broker/work.cpp",
        "    if (being_lost.empty()) {\n        return false;",
        '    if (being_lost.empty() || planted("lost_executors_tasks_kept")) {\n'
        "        return false;",
    ),
    Bug(
        "event_not_published",
        "broker/broker.cpp",
        "        output_.publications.push_back({landed_->topic(i++), record.body});",
        '        if (planted("event_not_published") && i % 8 == 7) {\n'
        "            ++i;\n"
        "            continue;\n"
        "        }\n"
        "        output_.publications.push_back({landed_->topic(i++), record.body});",
    ),
    # ---- the core --------------------------------------------------------------------------------
    Bug(
        "epoch_not_checked",
        "broker/core/decide.cpp",
        "    return !epoch || (*epoch == task.epoch && *epoch != 0);",
        '    return planted("epoch_not_checked") || !epoch ||\n'
        "           (*epoch == task.epoch && *epoch != 0);",
    ),
    Bug(
        "two_owners_resolve",
        "broker/core/decide.cpp",
        "        if (task.state != State::completed) {",
        "        if (task.state != State::completed &&\n"
        '            !(planted("two_owners_resolve") && task.state == State::resolving)) {',
    ),
    Bug(
        "ordinal_skipped",
        "broker/core/board.cpp",
        "    event.ordinal = ordinals_[event.stream()] + 1;",
        "    event.ordinal = ordinals_[event.stream()] + 1;\n"
        '    if (planted("ordinal_skipped") && event.seq % 50 == 0) ++event.ordinal;',
    ),
    Bug(
        "former_incarnation_returns",
        "broker/core/presence.cpp",
        "        if (is_former(executor, args.incarnation)) {",
        '        if (!planted("former_incarnation_returns") &&\n'
        "            is_former(executor, args.incarnation)) {",
        seed=13,
    ),
    Bug(
        "snapshot_without_one_task",
        "broker/core/snapshot.cpp",
        "    board.tasks().rows([&](const TaskRow& row) {\n",
        "    bool skipped = false;\n"
        "    board.tasks().rows([&](const TaskRow& row) {\n"
        '        if (planted("snapshot_without_one_task") && !std::exchange(skipped, true)) return;\n',
    ),
    Bug(
        "snapshot_without_one_outcome",
        "broker/core/snapshot.cpp",
        "    const auto put_numbers = [&](RowKind kind, const auto& numbers) {\n",
        "    bool left_out = !planted(\"snapshot_without_one_outcome\");\n"
        "    const auto put_numbers = [&](RowKind kind, const auto& numbers) {\n"
        "        if (kind == RowKind::outcome && !std::exchange(left_out, true)) return;\n",
    ),
    Bug(
        "snapshot_without_incarnations",
        "broker/core/snapshot.cpp",
        "    for (const std::string& former : row.former_incarnations) {\n"
        "        writer.put_text(former);",
        "    for (const std::string& former : row.former_incarnations) {\n"
        "        writer.put_text(\n"
        '            planted("snapshot_without_incarnations") ? std::string_view() : former);',
    ),
    Bug(
        "outcome_forgotten_on_restart",
        "broker/recover.cpp",
        "    board_->apply(*event);",
        '    if (planted("outcome_forgotten_on_restart") && event->seq % 20 == 0)\n'
        "        event->origin = {};\n"
        "    board_->apply(*event);",
    ),
    Bug(
        "wall_clock_in_replay",
        "broker/recover.cpp",
        "    board_->begin_batch(batch.time, batch.run_began);",
        "    board_->begin_batch(\n"
        '        planted("wall_clock_in_replay") ? core::Time(std::chrono::system_clock::now())\n'
        "                                        : batch.time,\n"
        "        batch.run_began);",
    ),
    # ---- the journal -----------------------------------------------------------------------------
    Bug(
        "batch_not_synced",
        "broker/journal/writer.cpp",
        "    if (sync_ == Sync::never) return;",
        '    if (sync_ == Sync::never || planted("batch_not_synced")) return;',
    ),
    Bug(
        "directory_not_synced",
        "broker/journal/segment_file.cpp",
        "    disk.rename(name, segment_name(header.first_seq));\n    disk.sync_directory();",
        "    disk.rename(name, segment_name(header.first_seq));\n"
        '    if (!planted("directory_not_synced")) disk.sync_directory();',
    ),
    Bug(
        "header_named_before_synced",
        "broker/journal/segment_file.cpp",
        "    file.write_at(0, bytes);\n    file.sync_data();",
        "    file.write_at(0, bytes);\n"
        '    if (!planted("header_named_before_synced")) file.sync_data();',
    ),
    Bug(
        "checksum_not_checked",
        "broker/journal/batch_reader.cpp",
        "    if (crc32c(batch.body) != found->body_crc) return std::nullopt;",
        '    if (!planted("checksum_not_checked") && crc32c(batch.body) != found->body_crc)\n'
        "        return std::nullopt;",
    ),
    Bug(
        "torn_tail_taken_for_data",
        "broker/journal/recovery.cpp",
        "    recovered.events = replay.events();",
        '    if (planted("torn_tail_taken_for_data") && replay.data_end() > recovered.tail.offset)\n'
        "        recovered.tail.offset = whole_blocks(replay.data_end());\n"
        "    recovered.events = replay.events();",
        seed=22,
    ),
    Bug(
        "tail_of_failed_sync_believed",
        "broker/journal/recovery.cpp",
        "    if (!recovered.clean_stop) mend_last_segment(disk, reserve, replay, recovered);",
        '    if (!recovered.clean_stop && !planted("tail_of_failed_sync_believed"))\n'
        "        mend_last_segment(disk, reserve, replay, recovered);",
        seed=18,
    ),
    Bug(
        "failed_write_ignored",
        "broker/journal/writer.cpp",
        "        dead_ = error;\n        throw;",
        '        if (planted("failed_write_ignored")) return;\n'
        "        dead_ = error;\n"
        "        throw;",
        seed=6,
    ),
    Bug(
        "seal_missing",
        "broker/journal/writer.cpp",
        "    if (!replaced) {\n        seal(*file_);",
        "    if (!replaced) {\n"
        '        if (!planted("seal_missing")) seal(*file_);',
    ),
    Bug(
        "retired_too_early",
        "broker/snapshots.cpp",
        "    older_ = taken->before;",
        '    older_ = planted("retired_too_early") ? taken->seq : taken->before;',
        seed=4,
    ),
    # ---- the SDK ---------------------------------------------------------------------------------
    Bug(
        "refusal_told_too_early",
        "sdk/session.cpp",
        "    if (mutation && entry.connections > 1 && !error.is(Status::request_expired)) {",
        "    if (mutation && entry.connections > 1 && !error.is(Status::request_expired) &&\n"
        '        !planted("refusal_told_too_early")) {',
        seed=50,
    ),
]
