# SPDX-License-Identifier: MIT
# What bench/ measures with; "cmake --build … --target bench" builds it.
add_executable(bench_bench EXCLUDE_FROM_ALL bench/bench.c)
nsjoin_defaults(bench_bench)

add_executable(bench_herd EXCLUDE_FROM_ALL bench/herd.c)
nsjoin_defaults(bench_herd)

# Without a C library: it must start with nothing, so nothing may be called behind its back.
add_executable(bench_noop EXCLUDE_FROM_ALL bench/noop.c)
target_link_libraries(bench_noop PRIVATE nsjoin_language)
target_compile_options(bench_noop PRIVATE -ffreestanding -fno-stack-protector)
target_link_options(bench_noop PRIVATE -nostdlib -static)

add_executable(bench_icount EXCLUDE_FROM_ALL tests/helper/icount.c)
nsjoin_defaults(bench_icount)

set_target_properties(bench_bench PROPERTIES OUTPUT_NAME bench)
set_target_properties(bench_herd PROPERTIES OUTPUT_NAME herd)
set_target_properties(bench_noop PROPERTIES OUTPUT_NAME noop)
set_target_properties(bench_icount PROPERTIES OUTPUT_NAME icount)
set_target_properties(bench_bench bench_herd bench_noop bench_icount PROPERTIES
	RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
add_custom_target(bench DEPENDS nsjoin bench_bench bench_herd bench_noop bench_icount)
