# SPDX-License-Identifier: MIT
# libcap-ng, libmount and json-c are loaded by the one file each that has their functions, when it
# is used: linked, they would cost every start more than all the rest of nsjoin. All are needed
# to build, so that the headers say what is called. Nothing in the program tells a package's tools
# that it depends on them: who makes a package has to write them down.
find_package(PkgConfig REQUIRED)
pkg_check_modules(CAPNG REQUIRED IMPORTED_TARGET libcap-ng>=0.8)
pkg_check_modules(MOUNT REQUIRED IMPORTED_TARGET mount>=2.33)
pkg_check_modules(JSONC REQUIRED IMPORTED_TARGET json-c>=0.14)

# nsjoin_soname(): the name under which a library is found at run time.
function(nsjoin_soname prefix name ret_soname)
	find_library(${prefix}_LIBRARY ${name} HINTS ${${prefix}_LIBRARY_DIRS} ${${prefix}_LIBDIR}
		REQUIRED)
	execute_process(
		COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C ${CMAKE_READELF} -d ${${prefix}_LIBRARY}
		OUTPUT_VARIABLE dynamic COMMAND_ERROR_IS_FATAL ANY)
	if(NOT dynamic MATCHES "\\(SONAME\\)[^\n]*\\[([^]\n]+)\\]")
		message(FATAL_ERROR "${${prefix}_LIBRARY} has no SONAME")
	endif()
	set(${ret_soname} ${CMAKE_MATCH_1} PARENT_SCOPE)
endfunction()

nsjoin_soname(CAPNG cap-ng NSJOIN_CAPNG_SONAME)
nsjoin_soname(MOUNT mount NSJOIN_LIBMOUNT_SONAME)
nsjoin_soname(JSONC json-c NSJOIN_JSONC_SONAME)
