// A string that is streamed together. The standard streams would bring locales along, a third of a megabyte.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace strided {

class Text {
 public:
  Text& operator<<(std::string_view part) {
    text_ += part;
    return *this;
  }
  Text& operator<<(const char* part) { return *this << std::string_view(part); }
  Text& operator<<(char part) {
    text_ += part;
    return *this;
  }
  template <std::integral T>
  Text& operator<<(T number) {
    return *this << std::string_view(std::to_string(number));
  }
  /// Up to six digits: 0.1, 1e-07, inf.
  Text& operator<<(double number);

  const std::string& str() const { return text_; }

 private:
  std::string text_;
};

}  // namespace strided
