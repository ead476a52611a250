// The allocator is jemalloc, told here to ask the system for huge pages. A board is hundreds of
// megabytes in small pieces, all of which a restart touches for the first time: with pages of 4 KiB
// their faults take as long as its work does (1 M tasks: 1.15 s, with huge pages 0.8 s), and in
// life each transition on a large board waits for several look-ups of addresses.
extern "C" {

// jemalloc looks for this name; the environment's MALLOC_CONF goes before it.
extern const char* const malloc_conf;
const char* const malloc_conf = "thp:always,metadata_thp:auto";
}
