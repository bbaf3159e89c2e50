# SPDX-License-Identifier: MIT
# How everything is compiled and linked, as interface targets: nothing global is set, so that a
# packager's own flags are kept.
include(CheckCCompilerFlag)
include(CheckLinkerFlag)
include(CheckPIESupported)

# nsjoin_probe(): add those of the flags to TARGET that the compiler (WHO compile) or the linker (WHO
# link) knows. All at once, since each probe starts it anew, and one by one where it does not know them
# all.
function(nsjoin_probe who target)
	set(CMAKE_REQUIRED_QUIET ON)
	string(MAKE_C_IDENTIFIER "HAVE_${who}${ARGN}" have)
	if(who STREQUAL compile)
		check_c_compiler_flag("${ARGN}" ${have})
	else()
		check_linker_flag(C "${ARGN}" ${have})
	endif()
	if(${have})
		cmake_language(CALL target_${who}_options ${target} INTERFACE ${ARGN})
	elseif(ARGC EQUAL 3)
		message(STATUS "Not known to who has to ${who}: ${ARGN}")
	else()
		foreach(flag IN LISTS ARGN)
			nsjoin_probe(${who} ${target} ${flag})
		endforeach()
	endif()
endfunction()

# The language and the warnings.
add_library(nsjoin_language INTERFACE)
target_compile_features(nsjoin_language INTERFACE c_std_11)
target_compile_definitions(nsjoin_language INTERFACE _GNU_SOURCE)
nsjoin_probe(compile nsjoin_language
	-Wall -Wextra -Wformat=2 -Wno-format-nonliteral -Wshadow -Wconversion -Wstrict-prototypes
	-Wmissing-prototypes -Wvla -Wimplicit-fallthrough -Wundef -Wnull-dereference -Wcast-qual
	-Wwrite-strings -Wswitch-enum)
# Some distributions have -fexceptions among their flags for C: what is cleaned up at the end of a
# scope would need libgcc_s then, one library more at every start.
nsjoin_probe(compile nsjoin_language -fno-exceptions)
if(NSJOIN_WERROR)
	target_compile_options(nsjoin_language INTERFACE -Werror)
endif()

# Hardening. Fortification needs an optimising build, and gets in the sanitizers' way.
add_library(nsjoin_hardening INTERFACE)
if(NSJOIN_HARDENING)
	nsjoin_probe(compile nsjoin_hardening
		-fstack-protector-strong -fstack-clash-protection -fcf-protection=full
		-fno-strict-overflow -fno-strict-aliasing -fno-delete-null-pointer-checks)
	nsjoin_probe(compile nsjoin_hardening -ftrivial-auto-var-init=zero) # not every clang's
	if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
		nsjoin_probe(compile nsjoin_hardening -mbranch-protection=standard)
	endif()
	nsjoin_probe(link nsjoin_hardening
		-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,separate-code)
	if(NOT NSJOIN_SANITIZE)
		target_compile_options(nsjoin_hardening INTERFACE
			$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-U_FORTIFY_SOURCE>
			$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-D_FORTIFY_SOURCE=3>)
	endif()
endif()
nsjoin_probe(link nsjoin_hardening -Wl,--as-needed -Wl,--hash-style=gnu)

# Sanitizers and coverage reach everything that is linked together.
add_library(nsjoin_instrument INTERFACE)
if(NSJOIN_SANITIZE)
	list(JOIN NSJOIN_SANITIZE "," sanitizers)
	target_compile_options(nsjoin_instrument INTERFACE
		-fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
	# A program of the tests is started thousands of times: with a library to load and a megabyte
	# of pointers to relocate, most of that time goes into its start.
	target_link_options(nsjoin_instrument INTERFACE -fsanitize=${sanitizers}
		$<$<C_COMPILER_ID:GNU>:-static-libasan -static-libubsan>)
	# They warn of a stack that is not the thread's own.
	target_compile_definitions(nsjoin_instrument INTERFACE NSJOIN_ONE_STACK)
endif()
if(NSJOIN_COVERAGE)
	target_compile_options(nsjoin_instrument INTERFACE --coverage)
	target_link_options(nsjoin_instrument INTERFACE --coverage)
endif()
if(NSJOIN_FUZZ)
	target_compile_options(nsjoin_instrument INTERFACE -fsanitize=fuzzer-no-link)
endif()

add_library(nsjoin_flags INTERFACE)
target_link_libraries(nsjoin_flags INTERFACE nsjoin_language nsjoin_hardening nsjoin_instrument)

check_pie_supported(LANGUAGES C)
if(NSJOIN_SANITIZE)
	set(NSJOIN_PIE OFF)
else()
	set(NSJOIN_PIE ON)
endif()

# nsjoin_defaults(): what every target of the project has in common. The library goes into programs
# only, so it needs position independent code of the cheaper kind, which CMake has no property for.
function(nsjoin_defaults target)
	target_link_libraries(${target} PRIVATE nsjoin_flags)
	set_target_properties(${target} PROPERTIES C_EXTENSIONS ON)
	get_target_property(type ${target} TYPE)
	if(type STREQUAL EXECUTABLE)
		set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ${NSJOIN_PIE})
	elseif(NSJOIN_PIE)
		target_compile_options(${target} PRIVATE ${CMAKE_C_COMPILE_OPTIONS_PIE})
	endif()
endfunction()
