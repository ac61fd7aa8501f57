// Compiled once per instruction set: gathers its loops into one table.
#include "kernels/cpu_target.hpp"

#include "core/packed.hpp"

namespace cairn::CAIRN_SIMD {

#define CAIRN_ENTRY(file, Kernel) void run_kernel(const Kernel&, uint64_t, uint64_t);
CAIRN_KERNELS(CAIRN_ENTRY)
#undef CAIRN_ENTRY

#define CAIRN_ENTRY(file, Chip) void run_chip_##file(const ChipTask&, uint64_t, uint64_t);
CAIRN_CHIPS(CAIRN_ENTRY)
#undef CAIRN_ENTRY

extern const ExtendTarget kExtendTarget;

#define CAIRN_STRING(name) CAIRN_STRING_OF(name)
#define CAIRN_STRING_OF(name) #name

const CpuTarget kTarget = {
    .name = CAIRN_STRING(CAIRN_SIMD),
    .lanes = PackedKoalaBear::kWidth,
#define CAIRN_ENTRY(file, Kernel) .run_##Kernel = run_kernel,
    CAIRN_KERNELS(CAIRN_ENTRY)
#undef CAIRN_ENTRY
        .extend = &kExtendTarget,
    .run_chip =
        {
#define CAIRN_ENTRY(file, Chip) run_chip_##file,
            CAIRN_CHIPS(CAIRN_ENTRY)
#undef CAIRN_ENTRY
        },
};

}  // namespace cairn::CAIRN_SIMD
