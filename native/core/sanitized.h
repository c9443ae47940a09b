// Whether AddressSanitizer watches: then nothing is reused and no block is longer than was asked for, so that it sees
// every access to what was given back or lies past the end.
#pragma once

namespace strided {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

}  // namespace strided
