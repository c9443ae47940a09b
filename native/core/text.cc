#include "native/core/text.h"

#include <cstdio>

namespace strided {

Text& Text::operator<<(double number) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%g", number);
  return *this << std::string_view(digits);
}

}  // namespace strided
