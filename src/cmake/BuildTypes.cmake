# SPDX-License-Identifier: ISC
# BuildTypes.cmake - Debug, Release, Sanitize, Coverage, Fuzz
#
# Release is the default: hardened, and optimised over all files at once.

set(types Debug Release Sanitize Coverage Fuzz)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "one of: ${types}" FORCE)
endif()
if(NOT CMAKE_BUILD_TYPE IN_LIST types)
  message(FATAL_ERROR "CMAKE_BUILD_TYPE is ${CMAKE_BUILD_TYPE}: "
                      "expected one of ${types}")
endif()

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(NCX_WERROR "make warnings errors" OFF)
# the second silences a warning of <vis.h> about strnvis(3), which we do not use
add_compile_definitions(_GNU_SOURCE LIBBSD_OPENBSD_VIS)
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes
                    -Wmissing-prototypes -Wvla -Wformat=2)
if(NCX_WERROR)
  add_compile_options(-Werror)
endif()

set(CMAKE_C_FLAGS_DEBUG "-Og -g3")
set(CMAKE_C_FLAGS_RELEASE "-O2 -g1 -D_FORTIFY_SOURCE=2 -fstack-protector-strong")
# all libraries are needed; the linker may look at libbsd before it knows so of
# libmd, and warn of hashes that are in both
set(CMAKE_EXE_LINKER_FLAGS_RELEASE "-Wl,-z,relro,-z,now -Wl,--no-as-needed")
set(CMAKE_C_FLAGS_SANITIZE
    "-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all")
set(CMAKE_C_FLAGS_COVERAGE "-O0 -g --coverage")
set(CMAKE_C_FLAGS_FUZZ
    "-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all")

include(CheckPIESupported)
check_pie_supported()
if(CMAKE_BUILD_TYPE STREQUAL Release)
  include(CheckIPOSupported)
  check_ipo_supported(RESULT has_lto OUTPUT reason LANGUAGES C)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ${has_lto})
endif()
message(STATUS "ncx: ${CMAKE_BUILD_TYPE} by ${CMAKE_C_COMPILER_ID}")
