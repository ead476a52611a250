# What `cmake --install` puts where, in components:
#
#     broker         taskbbsd, its unit, user and directory; its configuration, alerts and dashboard as samples
#     cli            taskbbs, its completion scripts, the unit of its executors
#     library        what programs of the SDK need to run
#     development    what they need to be built: headers, find_package(taskbbs), pkg-config
#     documentation
#
# docs/install.md is the user's side of it.
include(CMakePackageConfigHelpers)

set(cmakedir ${CMAKE_INSTALL_LIBDIR}/cmake/taskbbs)
set(pkgconfigdir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
set(unitdir lib/systemd/system) # systemd's own place, the same for every architecture

# Programs.
install(TARGETS taskbbsd RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT broker)
install(TARGETS taskbbs RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT cli)

# A unit names its programs with their whole paths: those of the prefix that is installed to.
function(install_unit name component)
  install(
    CODE "
file(READ ${PROJECT_SOURCE_DIR}/systemd/${name} text)
string(REPLACE /usr/bin/ \${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/ text \"\${text}\")
file(WRITE ${PROJECT_BINARY_DIR}/systemd/${name} \"\${text}\")
file(INSTALL ${PROJECT_BINARY_DIR}/systemd/${name} DESTINATION \${CMAKE_INSTALL_PREFIX}/${unitdir})"
    COMPONENT ${component})
endfunction()

install_unit(taskbbsd.service broker)
install_unit(taskbbs-executor@.service cli)
install(FILES systemd/sysusers.d/taskbbsd.conf DESTINATION lib/sysusers.d COMPONENT broker)
install(FILES systemd/tmpfiles.d/taskbbsd.conf DESTINATION lib/tmpfiles.d COMPONENT broker)
include(cmake/completions.cmake)

# Libraries.
get_property(libraries GLOBAL PROPERTY TASKBBS_INSTALLED)
install(
  TARGETS ${libraries}
  EXPORT taskbbs
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
          COMPONENT library
          NAMELINK_COMPONENT development
  INCLUDES
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${TASKBBS_STAGED_HEADERS}/taskbbs DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        COMPONENT development)

install(EXPORT taskbbs NAMESPACE taskbbs:: FILE taskbbsTargets.cmake DESTINATION ${cmakedir}
        COMPONENT development)
configure_package_config_file(cmake/taskbbsConfig.cmake.in ${PROJECT_BINARY_DIR}/taskbbsConfig.cmake
                              INSTALL_DESTINATION ${cmakedir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/taskbbsConfigVersion.cmake
                                 COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/taskbbsConfig.cmake ${PROJECT_BINARY_DIR}/taskbbsConfigVersion.cmake
        DESTINATION ${cmakedir} COMPONENT development)
file(RELATIVE_PATH prefix_from_here /${pkgconfigdir} /)
foreach(package IN ITEMS taskbbs taskbbs-testing)
  configure_file(cmake/${package}.pc.in ${PROJECT_BINARY_DIR}/${package}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${package}.pc DESTINATION ${pkgconfigdir} COMPONENT development)
endforeach()

# Documents, in the folders that they are in here: they link to each other, and to what a broker is configured with.
install(FILES LICENSE README.md SECURITY.md CONTRIBUTING.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR}
        COMPONENT documentation)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT documentation
        FILES_MATCHING PATTERN *.md PATTERN *.svg PATTERN doxygen EXCLUDE)
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR} USE_SOURCE_PERMISSIONS COMPONENT documentation)
foreach(component IN ITEMS broker documentation)
  install(DIRECTORY config DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT ${component})
endforeach()

# All that an installation needs, for those who build no more than that.
add_custom_target(taskbbs_installed DEPENDS taskbbsd taskbbs man completions ${libraries})
