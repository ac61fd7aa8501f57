// The kernels over columns that are no chip's: X(file, Type), kernels/<file>.hpp defines struct Type.
#pragma once

#define CAIRN_KERNELS(X)
