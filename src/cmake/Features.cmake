# SPDX-License-Identifier: ISC
# Features.cmake - what may be left out: AUTO (if the system has it), ON, OFF
#
# A feature that is off is a file in place of others, never an #ifdef.
function(ncx_feature name help)
  set(NCX_${name} AUTO CACHE STRING "${help}: AUTO, ON or OFF")
  set_property(CACHE NCX_${name} PROPERTY STRINGS AUTO ON OFF)
  set(required)
  if(NCX_${name} STREQUAL ON)
    set(required REQUIRED)
  endif()
  if(NCX_${name})
    pkg_check_modules(${name} ${required} IMPORTED_TARGET ${ARGN})
  endif()
  if(${name}_FOUND)
    set(NCX_HAS_${name} TRUE PARENT_SCOPE)
    message(STATUS "ncx: with ${name}")
  else()
    message(STATUS "ncx: without ${name}")
  endif()
endfunction()

# The name by which a library is loaded when the program runs.
function(ncx_soname variable library)
  find_library(${library}_FILE ${library} REQUIRED)
  execute_process(COMMAND ${CMAKE_OBJDUMP} -p ${${library}_FILE}
                  OUTPUT_VARIABLE headers COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCH "SONAME +([^ \n]+)" found "${headers}")
  set(${variable} ${CMAKE_MATCH_1} PARENT_SCOPE)
endfunction()
