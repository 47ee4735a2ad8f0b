// Limits of a block, which launches are held to.
#pragma once

#include <vector>

namespace devices {

// The GPUs that this process sees, by ordinal: all, or those of CUDA_VISIBLE_DEVICES, by number or whole UUID, up to the first entry that is none. As it is when first asked.
const std::vector<int>& visible();

constexpr int SHARED_PER_BLOCK = 49152;  // bytes, without asking for more
int sharedOptIn();                       // bytes, with CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES

}  // namespace devices
