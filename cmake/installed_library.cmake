# Libraries for programs outside the tree, each made of one of the tree's own:
#
#     taskbbs_installed_library(sdk FROM taskbbs_sdk OUTPUT taskbbs HEADERS sdk/include)
#
# makes libtaskbbs.so of the objects of taskbbs_sdk and installs it with the headers of
# sdk/include/taskbbs; programs link it as taskbbs::sdk. Nothing of it is visible but what is marked
# TASKBBS_EXPORT: objects are compiled with all else hidden, what archives bring along is left out, and
# the version script drops what the standard library's templates leave behind.

set(TASKBBS_STAGED_HEADERS ${PROJECT_BINARY_DIR}/include)
file(REMOVE_RECURSE ${TASKBBS_STAGED_HEADERS}) # a header that was renamed is installed no more

# In the tree headers of protocol/ are included from its root; installed, everything stands below taskbbs/.
function(taskbbs_stage_header source target)
  set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(READ ${source} text)
  string(REPLACE "#include \"protocol/" "#include \"taskbbs/protocol/" text "${text}")
  file(WRITE ${TASKBBS_STAGED_HEADERS}/taskbbs/${target} "${text}")
endfunction()

function(taskbbs_stage_headers directory)
  file(GLOB_RECURSE headers RELATIVE ${directory} CONFIGURE_DEPENDS ${directory}/*.hpp)
  foreach(header IN LISTS headers)
    taskbbs_stage_header(${directory}/${header} ${header})
  endforeach()
endfunction()

function(taskbbs_installed_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "FROM;OUTPUT;HEADERS" "")
  set(library ${arg_FROM}_shared)
  get_target_property(links ${arg_FROM} LINK_LIBRARIES)
  add_library(${library} SHARED $<TARGET_OBJECTS:${arg_FROM}>)
  set_target_properties(
    ${library}
    PROPERTIES OUTPUT_NAME ${arg_OUTPUT}
               EXPORT_NAME ${name}
               VERSION ${TASKBBS_ABI}.${PROJECT_VERSION}
               SOVERSION ${TASKBBS_ABI}
               LINKER_LANGUAGE CXX
               LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/exported.map)
  target_link_libraries(${library} PRIVATE ${links} INTERFACE tl::expected)
  foreach(link IN LISTS links) # another one of these, made before: its headers are needed as well
    string(REGEX REPLACE "^taskbbs::(.*)" "taskbbs_\\1_shared" other ${link})
    if(TARGET ${other} AND NOT other STREQUAL link)
      target_link_libraries(${library} INTERFACE ${other})
    endif()
  endforeach()
  target_link_options(${library} PRIVATE -Wl,--exclude-libs,ALL
                      -Wl,--version-script=${PROJECT_SOURCE_DIR}/cmake/exported.map)
  target_compile_features(${library} INTERFACE cxx_std_20)
  taskbbs_stage_headers(${PROJECT_SOURCE_DIR}/${arg_HEADERS}/taskbbs)
  set_property(GLOBAL APPEND PROPERTY TASKBBS_INSTALLED ${library})
endfunction()
