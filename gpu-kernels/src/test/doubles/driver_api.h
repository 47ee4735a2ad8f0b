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
int cuDeviceGetUuid(DeviceUuid* uuid, int device);
int cuLaunchHostFunc(Stream stream, void (*work)(void*), void* argument);
}
