// What goes to systemd's journal, and how.
#include "broker/journald.hpp"

#include "broker/message_ids.hpp"
#include "tests/broker/fake_journal.hpp"

using namespace taskbbs::broker;
using namespace taskbbs::broker_test;

namespace {

Entry entry_of(Level level, std::string_view event, std::initializer_list<Field> fields) {
    return parse_entry(journald_entry(level, event, {fields.begin(), fields.size()}));
}

}  // namespace

TEST_CASE("an entry has the line as text, its level and program, its event and each field") {
    const Entry expected{{"MESSAGE", "happened n=-5 ok=true dir=\"/my board\""},
                         {"PRIORITY", "6"},
                         {"SYSLOG_IDENTIFIER", "taskbbsd"},
                         {"TASKBBS_EVENT", "happened"},
                         {"TASKBBS_N", "-5"},
                         {"TASKBBS_OK", "true"},
                         {"TASKBBS_DIR", "/my board"}};
    CHECK(entry_of(Level::info, "happened", {{"n", -5}, {"ok", true}, {"dir", "/my board"}}) ==
          expected);
}

TEST_CASE("an entry's priority is syslog's") {
    CHECK(entry_of(Level::error, "e", {})["PRIORITY"] == "3");
    CHECK(entry_of(Level::warn, "e", {})["PRIORITY"] == "4");
    CHECK(entry_of(Level::debug, "e", {})["PRIORITY"] == "7");
}

TEST_CASE("what matters has a MESSAGE_ID of its own") {
    CHECK(entry_of(Level::warn, "snapshot_failed", {})["MESSAGE_ID"] ==
          message_id_of("snapshot_failed"));
    CHECK(message_id_of("snapshot_failed").size() == 32);
    CHECK(message_id_of("snapshot_failed") != message_id_of("snapshot_taken"));
}

TEST_CASE("a field's lines stay one field, and none of them makes another one") {
    Entry entry = entry_of(Level::warn, "e", {{"says", "a\nPRIORITY=0\nb"}});
    CHECK(entry["TASKBBS_SAYS"] == "a\nPRIORITY=0\nb");
    CHECK(entry["PRIORITY"] == "4");
    CHECK(entry["MESSAGE"] == "e says=\"a\\nPRIORITY=0\\nb\"");
}

TEST_CASE("a field's text is cut as in a line") {
    Entry entry = entry_of(Level::warn, "e", {{"says", std::string(3 * max_log_text, 'x')}});
    CHECK(entry["TASKBBS_SAYS"].size() == max_log_text);
}

TEST_CASE("the journal gets an entry a datagram, also when it was restarted in between") {
    FakeJournal journal;
    const Journald journald(journal.path());
    CHECK(journald.send(journald_entry(Level::info, "one", {})) == Journald::Sent::taken);
    CHECK(journal.take()["TASKBBS_EVENT"] == "one");
    journal.restart();
    CHECK(journald.send(journald_entry(Level::info, "two", {})) == Journald::Sent::taken);
    CHECK(journal.take()["TASKBBS_EVENT"] == "two");
}

TEST_CASE("a journal that is not there, or is dead, is said to be missing") {
    FakeJournal journal;
    const std::string entry = journald_entry(Level::info, "e", {});
    CHECK(Journald(journal.path() + "-none").send(entry) == Journald::Sent::missing);
    CHECK(Journald(std::string(200, 'x')).send(entry) == Journald::Sent::missing);
    journal.stop();
    CHECK(Journald(journal.path()).send(entry) == Journald::Sent::missing);
}

TEST_CASE("a journal that does not keep up is not waited for") {
    const FakeJournal journal;
    const Journald journald(journal.path());
    const std::string entry = journald_entry(Level::info, "e", {});
    int taken = 0;
    while (taken < 1'000'000 && journald.send(entry) == Journald::Sent::taken) {
        ++taken;
    }
    CHECK(journald.send(entry) == Journald::Sent::full);
    CHECK_FALSE(journal.take().empty());
}
