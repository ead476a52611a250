// Golden bytes: what leaves for the wire, so that no change of the code changes it unseen.
#include "samples.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs::protocol;
using namespace std::string_view_literals;

namespace {

std::string views(const TaskView& task, std::uint8_t view) {
    std::string bytes;
    Packer packer(bytes);
    encode(packer, task, Defaults::keep, view);
    return bytes;
}

std::vector<std::string> keys_of(const std::string& bytes) {
    Document document;
    const auto root = document.parse(bytes);
    std::vector<std::string> keys;
    for (auto at = root->begin(); at != root->end(); ++at) {
        keys.emplace_back(*(*at).str());
        ++at;
    }
    return keys;
}

}  // namespace

TEST_CASE("a request message has the bytes of the contract") {
    std::string requests;
    Packer packer(requests);
    pack_request(packer, 3, ClaimArgs{.guid = "g1", .executor_id = "e1"});
    std::string bytes;
    Packer outer(bytes);
    SessionId session;
    session.bytes.fill('s');
    pack_request_message(outer, session, 2, 1, requests);
    CHECK(bytes == std::string("\x94\x01\xc4\x10ssssssssssssssss\x02\x91"
                               "\x93\x03\xa5"
                               "claim\x82\xa4guid\xa2g1\xab"
                               "executor_id\xa2"
                               "e1"sv));
}

TEST_CASE("a reply message has the bytes of the contract") {
    ReplyWriter writer;
    writer.add(3, Status::ok, SeqReply{.seq = 9});
    writer.refuse(4, Status::not_found, Refusal{.message = "no"});
    CHECK(writer.count() == 2);
    CHECK(writer.close(258) ==
          std::string("\x93\x01\xcf\x00\x00\x00\x00\x00\x00\x01\x02\xdd\x00\x00\x00\x02"
                      "\x93\x03\xa2ok\x81\xa3seq\x09"
                      "\x93\x04\xa9not_found\x81\xa7message\xa2no"sv));
    CHECK(writer.size() == 0);
    CHECK(writer.count() == 0);
}

TEST_CASE("a slim task is the eight fields of the contract") {
    CHECK(keys_of(views(samples::task(), slim)) == std::vector<std::string>{"guid",
                                                                            "domain",
                                                                            "updated_at",
                                                                            "seq",
                                                                            "state",
                                                                            "executor_id",
                                                                            "container_handle",
                                                                            "epoch"});
}

TEST_CASE("a header has sizes in place of what may be long") {
    const auto keys = keys_of(views(samples::task(), header));
    const auto has = [&](std::string_view key) {
        return std::find(keys.begin(), keys.end(), key) != keys.end();
    };
    CHECK(keys.size() == 29);
    CHECK_FALSE((has("payload") || has("result") || has("annotation")));
    CHECK((has("payload_size") && has("result_size") && has("annotation_size")));
}

TEST_CASE("a whole task has every field and no sizes") {
    const auto keys = keys_of(views(samples::task(), whole));
    CHECK(keys.size() == 29);
    CHECK(std::find(keys.begin(), keys.end(), "payload_size") == keys.end());
}

TEST_CASE("times are nanoseconds and durations milliseconds on the wire") {
    Document document;
    const std::string bytes = views(samples::task(), whole);
    const auto root = document.parse(bytes);
    CHECK(root->at("updated_at").integer() == 1'700'000'000'123'456'789);
    CHECK(root->at("run_timeout_ms").integer() == 60'000);
    CHECK(root->at("time_to_claim_ms").integer() == 4'294'967'295);
}

TEST_CASE("payload and result are bins") {
    Document document;
    const std::string bytes = views(samples::task(), whole);
    const auto root = document.parse(bytes);
    CHECK(root->at("payload").type() == Type::bin);
    CHECK(root->at("result").type() == Type::bin);
    CHECK(root->at("annotation").type() == Type::str);
}

TEST_CASE("a desired task carries nothing that only the broker sets") {
    std::string bytes;
    Packer packer(bytes);
    encode(packer, samples::task(), Defaults::omit, desired);
    const auto keys = keys_of(bytes);
    CHECK(keys.size() == 16);
    for (const std::string_view key : {"state", "seq", "epoch", "executor_id", "payload_size"}) {
        CHECK(std::find(keys.begin(), keys.end(), key) == keys.end());
    }
}
