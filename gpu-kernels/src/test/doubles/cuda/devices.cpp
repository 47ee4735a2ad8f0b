// Queries of a device: an A100 of 40 GB but for its memory and, where the settings say so, its compute capability.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>

#include "contexts.h"
#include "devices.h"
#include "memory.h"
#include "settings.h"

namespace {

struct Attribute {
  int number;
  int value;
};

const Attribute ATTRIBUTES[] = {
    {1, 1024},         // threads of a block
    {2, 1024},         // ... along x
    {3, 1024},         // ... along y
    {4, 64},           // ... along z
    {5, 2147483647},   // blocks along x
    {6, 65535},        // ... along y
    {7, 65535},        // ... along z
    {8, devices::SHARED_PER_BLOCK},
    {9, 65536},        // constant memory
    {10, 32},          // warp
    {11, 2147483647},  // pitch
    {12, 65536},       // registers of a block
    {13, 1410000},     // clock, kHz
    {16, 108},         // multiprocessors
    {17, 0},           // time limit of kernels
    {18, 0},           // integrated
    {19, 1},           // host memory can be mapped
    {20, 0},           // compute mode: default
    {31, 1},           // concurrent kernels
    {32, 1},           // ECC
    {34, 0},           // PCI device
    {36, 1215000},     // memory clock, kHz
    {37, 5120},        // memory bus, bits
    {38, 41943040},    // L2 cache
    {39, 2048},        // threads of a multiprocessor
    {40, 3},           // copy engines
    {41, 1},           // unified addressing
    {50, 0},           // PCI domain
    {78, 1},           // stream priorities
    {81, 167936},      // shared memory of a multiprocessor
    {82, 65536},       // registers of a multiprocessor
    {83, 1},           // managed memory
    {95, 1},           // cooperative launch
    {106, 32},         // blocks of a multiprocessor
    {111, 1024},       // reserved shared memory of a block
    {115, 0},          // memory pools
};

bool known(CUdevice device) { return device >= 0 && device < settings().gpus; }

std::vector<int> listed() {
  std::vector<int> found;
  const char* text = std::getenv("CUDA_VISIBLE_DEVICES");
  if (text == nullptr) {
    for (int gpu = 0; gpu < settings().gpus; gpu++) found.push_back(gpu);
    return found;
  }
  std::istringstream entries(text);
  for (std::string entry; std::getline(entries, entry, ',');) {
    int gpu = 0;
    for (; gpu < settings().gpus; gpu++) {
      char uuid[64];
      std::snprintf(uuid, sizeof uuid, "GPU-70726574-656e-6465-6400-0000000000%02x", gpu);
      if (entry == std::to_string(gpu) || entry == uuid) break;
    }
    if (gpu == settings().gpus) break;
    found.push_back(gpu);
  }
  return found;
}

}  // namespace

const std::vector<int>& devices::visible() {
  static const std::vector<int> all = listed();
  return all;
}

int devices::sharedOptIn() {
  int capability = settings().capability;
  if (capability >= 90) return 232448;
  if (capability == 86 || capability == 89) return 101376;
  return capability >= 80 ? 166912 : 65536;
}

extern "C" {

CUresult cuDeviceGetCount(int* count) {
  *count = int(devices::visible().size());
  return CUDA_SUCCESS;
}

CUresult cuDeviceGet(CUdevice* device, int ordinal) {
  if (ordinal < 0 || size_t(ordinal) >= devices::visible().size()) return CUDA_ERROR_INVALID_DEVICE;
  *device = devices::visible()[size_t(ordinal)];
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetName(char* name, int length, CUdevice device) {
  if (!known(device)) return CUDA_ERROR_INVALID_DEVICE;
  std::snprintf(name, size_t(length), "Pretended GPU");
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetUuid(CUuuid* uuid, CUdevice device) {
  if (!known(device)) return CUDA_ERROR_INVALID_DEVICE;
  // The pretended nvidia-smi prints the same: GPU-70726574-656e-6465-6400-00000000000N.
  std::memcpy(uuid->bytes, "pretended", 9);
  std::memset(uuid->bytes + 9, 0, 6);
  uuid->bytes[15] = char(device);
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetUuid_v2(CUuuid* uuid, CUdevice device) { return cuDeviceGetUuid(uuid, device); }

CUresult cuDeviceGetPCIBusId(char* text, int length, CUdevice device) {
  if (!known(device)) return CUDA_ERROR_INVALID_DEVICE;
  std::snprintf(text, size_t(length), "0000:%02X:00.0", device + 1);
  return CUDA_SUCCESS;
}

CUresult cuDeviceTotalMem_v2(size_t* bytes, CUdevice device) {
  if (!known(device)) return CUDA_ERROR_INVALID_DEVICE;
  *bytes = settings().memory;
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetAttribute(int* value, int attribute, CUdevice device) {
  if (!known(device)) return CUDA_ERROR_INVALID_DEVICE;
  if (attribute == 33) *value = device + 1;  // PCI bus
  else if (attribute == 75) *value = settings().capability / 10;
  else if (attribute == 97) *value = devices::sharedOptIn();
  else if (attribute == 76) *value = settings().capability % 10;
  else {
    for (const Attribute& each : ATTRIBUTES) {
      if (each.number == attribute) {
        *value = each.value;
        return CUDA_SUCCESS;
      }
    }
    return CUDA_ERROR_INVALID_VALUE;
  }
  return CUDA_SUCCESS;
}

CUresult cuDeviceCanAccessPeer(int* can, CUdevice device, CUdevice peer) {
  if (!known(device) || !known(peer)) return CUDA_ERROR_INVALID_DEVICE;
  *can = 0;
  return CUDA_SUCCESS;
}

CUresult cuMemGetInfo_v2(size_t* free, size_t* total) {
  Context* context;
  CUresult code = contexts::enter(&context);
  if (code != CUDA_SUCCESS) return code;
  *total = settings().memory;
  *free = *total - memory::used(context->device);
  return CUDA_SUCCESS;
}

}  // extern "C"
