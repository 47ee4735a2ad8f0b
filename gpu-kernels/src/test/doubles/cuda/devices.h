// Limits of a block, which launches are held to.
#pragma once

namespace devices {

constexpr int SHARED_PER_BLOCK = 49152;  // bytes, without asking for more
int sharedOptIn();                       // bytes, with CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES

}  // namespace devices
