// Error codes, and the report of what a kernel did wrong.
#pragma once
#include <string>
#include "api.h"

// Prints one line on stderr; the next cuGetErrorString of that code ends with it, so that it reaches whoever asks.
CUresult report(CUresult code, const std::string& what);
