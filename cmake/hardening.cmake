# What makes a mistake harder to exploit, for everything that is built; tests/install/hardening.py looks
# for it in what is installed. Not beside a sanitizer, which finds the same mistakes and says more.
if(TASKBBS_SANITIZE)
  return()
endif()

include(CheckCXXCompilerFlag)
include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)

add_compile_options(-fstack-protector-strong -fstack-clash-protection)
check_cxx_compiler_flag(-fcf-protection TASKBBS_HAS_CF_PROTECTION) # x86 alone
if(TASKBBS_HAS_CF_PROTECTION)
  add_compile_options(-fcf-protection)
endif()
# The C library's checks are made while optimising; it warns where nothing is. A build type of None is a
# packager's, who brings this flag along.
set(optimised $<CONFIG:Release,RelWithDebInfo,MinSizeRel>)
add_compile_options($<${optimised}:-U_FORTIFY_SOURCE> $<${optimised}:-D_FORTIFY_SOURCE=2>)
add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
