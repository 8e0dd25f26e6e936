# Installing, and the .deb. The program carries its scenarios; those under share/ are for readers.
include(GNUInstallDirs)
install(TARGETS mailspec)
install(DIRECTORY scenarios/ DESTINATION ${CMAKE_INSTALL_DATADIR}/mailspec/scenarios)
install(FILES reports/result.schema.json reports/servers.html DESTINATION ${CMAKE_INSTALL_DATADIR}/mailspec)
install(FILES README.md CHANGELOG.md NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
install(FILES ci/servers/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME servers.md)
install(FILES ci/adopters/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME ci.md)
install(FILES reference_server/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME reference_server.md)
install(FILES reports/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME reports.md)
install(FILES cmake/package/mailspec.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME mailspec)
install(FILES cmake/package/_mailspec DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES cmake/package/mailspec.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(PROGRAMS ci/adopters/run DESTINATION ${CMAKE_INSTALL_DATADIR}/mailspec/ci)
# For C++ projects: find_package(mailspec), mailspec_add_gtest().
install(FILES harness/gtest/mailspec_gtest.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mailspec)
install(FILES harness/gtest/mailspec-config.cmake harness/gtest/gtest_main.cc.in DESTINATION ${CMAKE_INSTALL_DATADIR}/cmake/mailspec)

# Manual pages come from --help. Without help2man there are none.
find_program(HELP2MAN help2man)
if(HELP2MAN AND CMAKE_BUILD_TYPE STREQUAL "Release")
  set(pages)
  foreach(command "" run list explain lint coverage doctor serve load compare report selftest known replay judge)
    set(dash)
    if(command)
      set(dash -${command})
    endif()
    set(page ${CMAKE_BINARY_DIR}/man/mailspec${dash}.1)
    add_custom_command(
      OUTPUT ${page}
      COMMAND ${CMAKE_SOURCE_DIR}/cmake/package/manual $<TARGET_FILE:mailspec> "${command}" ${PROJECT_VERSION} ${page}
      DEPENDS mailspec cmake/package/manual cmake/package/mailspec.h2m VERBATIM)
    list(APPEND pages ${page})
  endforeach()
  add_custom_target(man ALL DEPENDS ${pages})
  install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME mailspec)
set(CPACK_PACKAGE_VENDOR mailspec)
set(CPACK_PACKAGE_CONTACT "the mailspec team <mailspec@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "conformance tests for IMAP4 and POP3 servers")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"conformance tests for IMAP4 and POP3 servers
 mailspec tells how far a mail server keeps to the IMAP4rev1, IMAP4rev2 and POP3
 standards, requirement by requirement, for CI and for compliance reports. A
 reference server that can be broken on purpose proves each test.")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/package)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION mail)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
include(CPack)
