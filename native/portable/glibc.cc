// Linked where the C library is glibc: what a newer one would add to the list of what the binary asks for. The linker
// sends uses of each function below to __wrap_ (CMakeLists.txt), and these go to the version that every glibc since
// 2.17 has; the newer ones differ in errno alone, or in the library that they live in.
#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <cstddef>
#include <cstdint>

#if defined(__x86_64__)
#define STRIDED_OLDEST "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define STRIDED_OLDEST "GLIBC_2.17"
#endif

// A jump, since neither arguments nor results matter here.
#if defined(__x86_64__)
#define STRIDED_JUMP(name) "jmp " name "@PLT\n"
#else
#define STRIDED_JUMP(name) "b " name "\n"
#endif
#define OLD(name)                                                                                        \
  asm(".pushsection .text.__wrap_" #name                                                                 \
      ",\"ax\"\n"                                                                                        \
      ".globl __wrap_" #name                                                                             \
      "\n"                                                                                               \
      ".hidden __wrap_" #name                                                                            \
      "\n"                                                                                               \
      ".type __wrap_" #name                                                                              \
      ", @function\n"                                                                                    \
      ".symver strided_old_" #name ", " #name "@" STRIDED_OLDEST                                         \
      "\n"                                                                                               \
      "__wrap_" #name ":\n" STRIDED_JUMP("strided_old_" #name) ".size __wrap_" #name ", .-__wrap_" #name \
                                                               "\n"                                      \
                                                               ".popsection\n");

#include "native/portable/glibc.def"

/// Of glibc 2.32, by which libstdc++ leaves atomic operations out. 0: there may be other threads.
extern "C" [[gnu::visibility("hidden")]] char __libc_single_threaded;
char __libc_single_threaded = 0;

// What glibc's headers before 2.35 do not have, libgcc of that time does not ask for.
#ifdef DLFO_STRUCT_HAS_EH_DBASE

namespace {

struct Search {
  uintptr_t address;
  dl_find_object* found;
};

int visit(dl_phdr_info* info, size_t, void* state) {
  auto& search = *static_cast<Search*>(state);
  const ElfW(Phdr)* frames = nullptr;
  uintptr_t begin = 0, end = 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr) & part = info->dlpi_phdr[i];
    const uintptr_t start = info->dlpi_addr + part.p_vaddr;
    if (part.p_type == PT_GNU_EH_FRAME) frames = &part;
    if (part.p_type != PT_LOAD || search.address < start || search.address >= start + part.p_memsz) continue;
    begin = start;
    end = start + part.p_memsz;
  }
  if (!end) return 0;
  if (!frames) return -1;
  search.found->dlfo_map_start = reinterpret_cast<void*>(begin);
  search.found->dlfo_map_end = reinterpret_cast<void*>(end);
  search.found->dlfo_eh_frame = reinterpret_cast<void*>(info->dlpi_addr + frames->p_vaddr);
  return 1;
}

}  // namespace

/// Of glibc 2.35: libgcc's unwinder, which is inside the binary, finds the tables of a function with it.
extern "C" [[gnu::visibility("hidden")]] int __wrap__dl_find_object(void* address, dl_find_object* result) {
  Search search{reinterpret_cast<uintptr_t>(address), result};
  return dl_iterate_phdr(&visit, &search) == 1 ? 0 : -1;
}

#endif
