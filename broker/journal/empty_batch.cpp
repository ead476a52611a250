// An empty batch in a block of its own.
#include "broker/journal/empty_batch.hpp"

namespace taskbbs::journal {

std::string encode_empty_batch(const EmptyBatch& batch) {
    std::string block(block_bytes, '\0');
    BatchHeader header;
    header.mark = batch.mark;
    header.flags = batch.flags;
    header.time = batch.time;
    header.first_seq = batch.next_seq;
    header.durable_seq = batch.next_seq - 1;
    header.digest = batch.digest;
    put_batch_header(header, batch.previous, block.data());
    return block;
}

}  // namespace taskbbs::journal
