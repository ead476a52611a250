// Segments whose checksums hold whatever the fuzzer made of their bytes: else it would never get
// beyond them.
#pragma once

#include <string>
#include <vector>

namespace taskbbs::fuzz {

// The bytes of a segment, block by block, the zeroes at the end of each left out.
using Blocks = std::vector<std::string>;

// A file of whole blocks, and at least of the smallest segment's size.
std::string file_of(const Blocks& blocks);

enum class Repairs {
    nothing,
    checksums,  // and the mark and the chain: what ties a batch to all before it
    order,      // and identities, numbers, counts: so that nothing but the records is left to judge
};

// Repairs the files of one journal, in order.
void repair(std::vector<Blocks>& files, Repairs repairs);

}  // namespace taskbbs::fuzz
