// Every op that JavaScript can call, by number.
#pragma once

#include "native/addon/arguments.h"

namespace strided::addon {

struct Entry {
  const char* name;
  void (*call)(Reader&, Writer&);
};

extern const Entry kEntries[];
extern const int kEntryCount;
/// The first so many are element-wise: they take the tensor for the result as a last argument.
extern const int kElementwiseCount;

}  // namespace strided::addon
