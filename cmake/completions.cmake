# Completion scripts, printed by the command itself, where each shell looks for them: build/release/completions/*.
function(completion_script shell name directory)
  set(output ${PROJECT_BINARY_DIR}/completions/${name})
  add_custom_command(OUTPUT ${output} COMMAND taskbbs completion ${shell} > ${output} DEPENDS taskbbs VERBATIM)
  install(FILES ${output} DESTINATION ${CMAKE_INSTALL_DATADIR}/${directory} COMPONENT cli)
  set_property(DIRECTORY APPEND PROPERTY taskbbs_completions ${output})
endfunction()

file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/completions)
completion_script(bash taskbbs bash-completion/completions)
completion_script(zsh _taskbbs zsh/site-functions)
completion_script(fish taskbbs.fish fish/vendor_completions.d)
get_property(completions DIRECTORY PROPERTY taskbbs_completions)
add_custom_target(completions ALL DEPENDS ${completions})
