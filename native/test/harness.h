// A C++ test harness of one page: npm carries none, and the quick start may not ask for Debian packages.
//   TEST("name") { CHECK(x); CHECK_EQ(a, b); CHECK_NEAR(a, b, tolerance); CHECK_THROWS("text", expression); }
#pragma once

#include <cmath>
#include <cstdio>
#include <exception>
#include <sstream>
#include <string>
#include <vector>

namespace strided::test {

struct Case {
  const char* name;
  void (*body)();
};

std::vector<Case>& cases();
void report(bool ok, const char* file, int line, const std::string& what);

struct Registration {
  Registration(const char* name, void (*body)()) { cases().push_back({name, body}); }
};

template <class A, class B>
void check_equal(const A& a, const B& b, const char* text, const char* file, int line) {
  std::ostringstream what;
  if (!(a == b)) what << text << ": " << a << " is not " << b;
  report(a == b, file, line, what.str());
}

inline void check_near(double a, double b, double tolerance, const char* text, const char* file, int line) {
  const bool ok = std::abs(a - b) <= tolerance || (std::isnan(a) && std::isnan(b)) || a == b;
  std::ostringstream what;
  if (!ok) what << text << ": " << a << " is not within " << tolerance << " of " << b;
  report(ok, file, line, what.str());
}

template <class F>
void check_throws(const std::string& part, F body, const char* text, const char* file, int line) {
  try {
    body();
  } catch (const std::exception& error) {
    const bool ok = std::string(error.what()).find(part) != std::string::npos;
    return report(ok, file, line, std::string(text) + " says: " + error.what() + "\n    wanted: " + part);
  }
  report(false, file, line, std::string(text) + " does not throw");
}

}  // namespace strided::test

#define STRIDED_JOIN_(a, b) a##b
#define STRIDED_JOIN(a, b) STRIDED_JOIN_(a, b)
#define TEST(name)                                                                                                     \
  static void STRIDED_JOIN(test_, __LINE__)();                                                                         \
  static const ::strided::test::Registration STRIDED_JOIN(registered_, __LINE__)(name, STRIDED_JOIN(test_, __LINE__)); \
  static void STRIDED_JOIN(test_, __LINE__)()
#define CHECK(condition) ::strided::test::report(static_cast<bool>(condition), __FILE__, __LINE__, #condition)
#define CHECK_EQ(a, b) ::strided::test::check_equal((a), (b), #a " == " #b, __FILE__, __LINE__)
#define CHECK_NEAR(a, b, tolerance) ::strided::test::check_near((a), (b), (tolerance), #a " ~ " #b, __FILE__, __LINE__)
#define CHECK_THROWS(part, expression) \
  ::strided::test::check_throws((part), [&] { (void)(expression); }, #expression, __FILE__, __LINE__)
