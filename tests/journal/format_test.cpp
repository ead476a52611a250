// Segment and batch headers: golden bytes, damage.
#include "broker/journal/format.hpp"

#include "broker/journal/little_endian.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>
#include <string>

namespace taskbbs::journal {

namespace {

std::string hex(std::string_view bytes) {
    std::string text;
    for (const char byte : bytes)
        text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return text;
}

SegmentHeader a_header() {
    SegmentHeader header;
    header.uuid.fill('u');
    header.log.fill('l');
    header.first_seq = 42;
    header.chain.fill('c');
    header.created_at = protocol::Time(protocol::Duration(1'700'000'000'000'000'000));
    header.bytes = 64 << 20;
    header.mark = 0x0123456789abcdef;
    header.writer = "0.1.0";
    return header;
}

std::string encoded(const SegmentHeader& header) {
    std::string bytes(segment_header_bytes, '\xff');
    put_segment_header(header, bytes.data());
    return bytes;
}

// A batch of one record, by hand: header and body.
std::string one_record_batch(BatchHeader& header) {
    std::string bytes(block_bytes, '\0');
    char* const record = bytes.data() + batch_header_bytes;
    const RecordTags tags{.stream = 3, .group = 0x0a0b0c0d, .key = 0x1122334455667788};
    const char* const end = put_record(record, tags, "body", "re");
    header.mark = 0x0123456789abcdef;
    header.body_bytes = static_cast<std::uint32_t>(end - record);
    header.count = 1;
    header.flags = began_to_serve;
    header.time = protocol::Time(protocol::Duration(1'700'000'000'000'000'000));
    header.first_seq = 42;
    header.durable_seq = 41;
    Chain previous;
    previous.fill('c');
    put_batch_header(header, previous, bytes.data());
    return bytes;
}

}  // namespace

TEST_CASE("the checksum is CRC-32C") {
    CHECK(crc32c("123456789") == 0xE3069283);
    CHECK(crc32c("") == 0);
    CHECK(crc32c(std::string(32, '\0')) == 0x8A9136AA);
}

TEST_CASE("numbers are little-endian") {
    std::string bytes(8, '\0');
    put(bytes.data(), std::uint64_t{0x0102030405060708});
    CHECK(hex(bytes) == "0807060504030201");
    CHECK(get<std::uint16_t>(bytes, 2) == 0x0506);
    put(bytes.data(), std::int64_t{-2});
    CHECK(get<std::int64_t>(bytes, 0) == -2);
}

TEST_CASE("a batch has these bytes in format 1") {
    BatchHeader header;
    const std::string bytes = one_record_batch(header);
    CHECK(hex(bytes.substr(0, 8)) == "efcdab8967452301");  // mark
    CHECK(hex(bytes.substr(16, 16)) ==
          "20000000"
          "01000000"
          "01000000"
          "00000000");
    CHECK(hex(bytes.substr(32, 24)) ==
          "00002a36fe9c9717"
          "2a00000000000000"
          "2900000000000000");
    CHECK(hex(bytes.substr(72, 24)) == std::string(48, '0'));
    CHECK(hex(bytes.substr(96, 32)) ==
          "04000000"
          "02000000"
          "01010300"
          "0d0c0b0a"
          "8877665544332211"
          "626f6479"
          "7265"
          "0000");
    CHECK(bytes.substr(128) == std::string(block_bytes - 128, '\0'));
    // Checksums and chain, as this format computes them for ever.
    CHECK(hex(bytes.substr(8, 8)) == "fd36c15bbe1eedb9");
    CHECK(hex(bytes.substr(56, 16)) == "096e70ed1009084764a372f8e0c60a02");
}

TEST_CASE("a batch header reads back as written") {
    BatchHeader written;
    const std::string bytes = one_record_batch(written);
    const std::optional<BatchHeader> read = read_batch_header(bytes, written.mark);
    REQUIRE(read);
    CHECK(read->body_crc == written.body_crc);
    CHECK(read->body_bytes == 32);
    CHECK(read->count == 1);
    CHECK(read->flags == began_to_serve);
    CHECK(read->time == written.time);
    CHECK(read->first_seq == 42);
    CHECK(read->durable_seq == 41);
    CHECK(read->chain == written.chain);
    CHECK(read->padded_bytes() == block_bytes);
}

TEST_CASE("a batch header with any flipped bit is none") {
    BatchHeader written;
    const std::string bytes = one_record_batch(written);
    for (std::size_t bit = 0; bit < 8 * batch_header_bytes; ++bit) {
        std::string flipped = bytes;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
        CHECK_FALSE(read_batch_header(flipped, written.mark));
    }
}

TEST_CASE("a batch header of another journal's mark is none") {
    BatchHeader written;
    const std::string bytes = one_record_batch(written);
    CHECK_FALSE(read_batch_header(bytes, written.mark + 1));
    CHECK_FALSE(read_batch_header(bytes.substr(0, batch_header_bytes - 1), written.mark));
    CHECK_FALSE(read_batch_header(std::string(block_bytes, '\0'), 0));
}

TEST_CASE("the chain depends on all before it, on the header and on the body") {
    BatchHeader header;
    const std::string bytes = one_record_batch(header);
    const std::string_view body = std::string_view(bytes).substr(batch_header_bytes, 32);
    Chain previous;
    previous.fill('c');
    CHECK(chain_of(header, previous, body) == header.chain);
    CHECK(chain_of(header, Chain{}, body) != header.chain);
    CHECK(chain_of(header, previous, body.substr(1)) != header.chain);
    BatchHeader other = header;
    other.durable_seq = 40;
    CHECK(chain_of(other, previous, body) != header.chain);
}

TEST_CASE("a segment header reads back as written") {
    const SegmentHeaderRead read = read_segment_header(encoded(a_header()));
    CHECK(read.damage.empty());
    CHECK(read.unsupported.empty());
    CHECK(read.header == a_header());
}

TEST_CASE("a segment header with any flipped byte is damaged") {
    const std::string bytes = encoded(a_header());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string flipped = bytes;
        flipped[i] = static_cast<char>(flipped[i] ^ 0x10);
        CHECK_FALSE(read_segment_header(flipped).damage.empty());
    }
    CHECK_FALSE(read_segment_header(bytes.substr(0, segment_header_bytes - 1)).damage.empty());
}

TEST_CASE("a segment that asks for a later reader is unsupported, not damaged") {
    std::string bytes = encoded(a_header());
    put(bytes.data() + 8, std::uint32_t{7});
    put(bytes.data() + 12, std::uint32_t{6});
    put(bytes.data() + 4092, crc32c({bytes.data(), 4092}));
    const SegmentHeaderRead read = read_segment_header(bytes);
    CHECK(read.damage.empty());
    CHECK(read.unsupported.find("format is 7") != std::string::npos);
}

TEST_CASE("a segment of a later format that this reader may read is read") {
    std::string bytes = encoded(a_header());
    put(bytes.data() + 8, std::uint32_t{7});
    put(bytes.data() + 4092, crc32c({bytes.data(), 4092}));
    CHECK(read_segment_header(bytes).header == a_header());
}

}  // namespace taskbbs::journal
