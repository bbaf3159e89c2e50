# SPDX-License-Identifier: MIT
# The completions are made from the option table and checked in, so that a packager needs no second
# compiler when crossing. "cmake --build … --target completions" makes them anew.
add_executable(generate EXCLUDE_FROM_ALL completions/generate.c)
nsjoin_defaults(generate)
target_link_libraries(generate PRIVATE nsjoin_core)

add_custom_target(completions
	COMMAND generate bash > ${PROJECT_SOURCE_DIR}/completions/nsjoin.bash
	COMMAND generate zsh > ${PROJECT_SOURCE_DIR}/completions/_nsjoin
	COMMAND generate fish > ${PROJECT_SOURCE_DIR}/completions/nsjoin.fish
	VERBATIM)
