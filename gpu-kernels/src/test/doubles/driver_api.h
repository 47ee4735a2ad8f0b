// What the doubles of the libraries above libcuda ask of it: public calls alone, as the real libraries could.
#pragma once

using Stream = struct CUstream_st*;
using DriverContext = struct CUctx_st*;

struct DeviceUuid {
  char bytes[16];
};

extern "C" {
int cuCtxGetCurrent(DriverContext* context);
int cuCtxGetDevice(int* device);
int cuCtxSetCurrent(DriverContext context);
int cuDevicePrimaryCtxRetain(DriverContext* context, int device);
int cuDeviceGetUuid(DeviceUuid* uuid, int device);
int cuLaunchHostFunc(Stream stream, void (*work)(void*), void* argument);
int cuMemAlloc_v2(unsigned long long* pointer, unsigned long bytes);
int cuMemFree_v2(unsigned long long pointer);
}
