// operator new and delete for small objects that come and go with every op: a free list per thread instead of malloc.
#pragma once

#include <cstddef>
#include <new>

#include "native/core/sanitized.h"

namespace strided {

template <class T>
class Recycled {
 public:
  static void* operator new(std::size_t size) {
    List& list = free_list();
    if (Link* link = list.head) {
      list.head = link->next;
      prefetch(list.head);  // by the time it is wanted it is in the cache
      return link;
    }
    return ::operator new(size);
  }
  static void operator delete(void* p) {
    if (kSanitized) return ::operator delete(p);
    List& list = free_list();
    list.head = ::new (p) Link{list.head};
  }

 private:
  struct Link {
    Link* next;
  };
  static void prefetch(Link* link) {
    for (std::size_t at = 0; at < sizeof(T); at += 64) __builtin_prefetch(reinterpret_cast<char*>(link) + at, 1);
  }
  struct List {
    Link* head = nullptr;
    ~List() {
      while (Link* link = head) {
        head = link->next;
        ::operator delete(link);
      }
    }
  };
  static List& free_list() {
    thread_local List list;
    return list;
  }
};

}  // namespace strided
