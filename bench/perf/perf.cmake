# A benchmark to be run by hand: `cmake --build build --target benchmark`. Not built otherwise,
# and no test: times belong to a machine.
add_executable(prefront_perf EXCLUDE_FROM_ALL bench/perf/perf.c)
target_link_libraries(prefront_perf PRIVATE prefront_flags prefront_lib)
target_include_directories(prefront_perf PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
add_custom_target(benchmark COMMAND prefront_perf USES_TERMINAL VERBATIM)
