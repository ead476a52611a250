// Deeds at random, for rapidcheck: what brings tasks on comes more often than what ends them.
#pragma once

#include "tests/properties/deed.hpp"

#include <rapidcheck.h>

namespace rc {

template <>
struct Arbitrary<taskbbs::properties::Deed> {
    static Gen<taskbbs::properties::Deed> arbitrary() {
        using taskbbs::properties::Act;
        using taskbbs::properties::Deed;
        return gen::build<Deed>(
            gen::set(
                &Deed::act,
                gen::weightedElement<Act>({
                    {8, Act::desire},   {6, Act::claim},  {3, Act::acquire}, {8, Act::start},
                    {6, Act::complete}, {3, Act::reject}, {2, Act::cancel},  {4, Act::resolving},
                    {3, Act::resolve},  {5, Act::join},   {2, Act::depart},  {1, Act::drain},
                    {1, Act::undrain},  {1, Act::pause},  {1, Act::resume},  {3, Act::lose},
                    {2, Act::pass},     {3, Act::wait},   {1, Act::restart},
                })),
            gen::set(&Deed::task, gen::inRange(0U, Deed::tasks)),
            gen::set(&Deed::executor, gen::inRange(0U, Deed::executors)),
            gen::set(&Deed::session, gen::inRange(0U, Deed::sessions)),
            gen::set(&Deed::amount, gen::inRange(0U, Deed::most)));
    }
};

}  // namespace rc
