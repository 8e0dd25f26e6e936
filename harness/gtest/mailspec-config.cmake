# find_package(mailspec): mailspec's checks as GoogleTest tests of a C++ project.
#
#   find_package(mailspec REQUIRED)
#   mailspec_add_gtest(imap_conformance
#     TARGET my-server.toml            # or --embedded; a path is relative to the source directory
#     SELECTORS rfc9051/6.3 cap:IDLE   # none: all
#     ARGUMENTS --known known.toml     # more for mailspec run
#     STRICT)
#
# makes an executable imap_conformance with GoogleTest's own options (--gtest_filter, --gtest_output=xml:FILE, shards), and a test of that name for
# CTest, which runs all of them in one go: the accounts of the server under test are for one run at a time.
# The header alone, for a main of your own: target_link_libraries(... mailspec::gtest), #include <mailspec/mailspec_gtest.h>.
include(CMakeFindDependencyMacro)
find_dependency(GTest)
get_filename_component(_mailspec_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
find_program(MAILSPEC_PROGRAM mailspec HINTS "${_mailspec_prefix}/bin" DOC "the mailspec program")
find_path(MAILSPEC_INCLUDE_DIR mailspec/mailspec_gtest.h HINTS "${_mailspec_prefix}/include")
if(NOT MAILSPEC_PROGRAM OR NOT MAILSPEC_INCLUDE_DIR)
  set(mailspec_FOUND FALSE)
  set(mailspec_NOT_FOUND_MESSAGE "mailspec's program or header is missing below ${_mailspec_prefix}")
  return()
endif()
set(_mailspec_main "${CMAKE_CURRENT_LIST_DIR}/gtest_main.cc.in")
if(NOT TARGET mailspec::gtest)
  add_library(mailspec::gtest INTERFACE IMPORTED)
  set_target_properties(mailspec::gtest PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${MAILSPEC_INCLUDE_DIR}" INTERFACE_LINK_LIBRARIES GTest::gtest
                        INTERFACE_COMPILE_FEATURES cxx_std_17)
endif()

function(mailspec_add_gtest name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "STRICT" "TARGET" "SELECTORS;ARGUMENTS")
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "mailspec_add_gtest(${name}): unknown: ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT ARG_TARGET)
    message(FATAL_ERROR "mailspec_add_gtest(${name}): TARGET is missing: a target file, or --embedded")
  endif()
  set(MAILSPEC_GTEST_TARGET "${ARG_TARGET}")
  if(NOT ARG_TARGET STREQUAL "--embedded")
    get_filename_component(MAILSPEC_GTEST_TARGET "${ARG_TARGET}" ABSOLUTE)
  endif()
  set(MAILSPEC_GTEST_STRICT false)
  if(ARG_STRICT)
    set(MAILSPEC_GTEST_STRICT true)
  endif()
  # Traces of failures go to the build tree, not where the test happens to be run.
  if(NOT "--traces" IN_LIST ARG_ARGUMENTS)
    list(APPEND ARG_ARGUMENTS --traces "${CMAKE_CURRENT_BINARY_DIR}/${name}_traces")
  endif()
  foreach(list SELECTORS ARGUMENTS)
    set(MAILSPEC_GTEST_${list})
    foreach(word ${ARG_${list}})
      string(APPEND MAILSPEC_GTEST_${list} "R\"~(${word})~\", ")
    endforeach()
  endforeach()
  configure_file("${_mailspec_main}" "${CMAKE_CURRENT_BINARY_DIR}/${name}_mailspec.cc" @ONLY)
  add_executable(${name} "${CMAKE_CURRENT_BINARY_DIR}/${name}_mailspec.cc")
  target_link_libraries(${name} PRIVATE mailspec::gtest)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
endfunction()
