// The one way native code refuses: an Error that the addon turns into the JavaScript class of the same name.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "native/core/text.h"

namespace strided {

enum class ErrorKind { Runtime, Value, Index, Type, NotImplemented };

class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}
  const char* what() const noexcept override { return message_.c_str(); }
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
  std::string message_;
};

/// Throws an Error whose text is all `parts` streamed together.
template <class... Parts>
[[noreturn]] [[gnu::cold]] [[gnu::noinline]] void fail(ErrorKind kind, const Parts&... parts) {
  Text text;
  (text << ... << parts);
  throw Error(kind, text.str());
}

template <class... Parts>
[[noreturn]] [[gnu::cold]] [[gnu::noinline]] void fail(const Parts&... parts) {
  fail(ErrorKind::Runtime, parts...);
}

/// Fails with `parts` where `condition` does not hold; the parts are evaluated only by reference, never formatted
/// otherwise.
template <class... Parts>
inline void check(bool condition, ErrorKind kind, const Parts&... parts) {
  if (!condition) [[unlikely]]
    fail(kind, parts...);
}

template <class... Parts>
inline void check(bool condition, const Parts&... parts) {
  if (!condition) [[unlikely]]
    fail(ErrorKind::Runtime, parts...);
}

}  // namespace strided
