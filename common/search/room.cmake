ch_embed(ch_search search_data ${CMAKE_SOURCE_DIR}/data/synonyms.tsv)

# Places: a table made at build time, so that a process begins with it sorted, folded and placed.
add_executable(generate_places common/search/generate_places.c)
target_link_libraries(generate_places ch_base PkgConfig::UTF8PROC m)
set(place_table ${CMAKE_BINARY_DIR}/generated/place_table.c)
set(place_data ${CMAKE_SOURCE_DIR}/data/uk-places.tsv ${CMAKE_SOURCE_DIR}/data/place-names.tsv)
add_custom_command(OUTPUT ${place_table}
  COMMAND ${CMAKE_COMMAND} -E env ASAN_OPTIONS=detect_leaks=0 $<TARGET_FILE:generate_places> ${place_data} ${place_table}
  DEPENDS generate_places ${place_data} VERBATIM)
target_sources(ch_search PRIVATE ${place_table})

# Counting bits is one instruction on every x86 processor of the last fifteen years, but not in the oldest ones' set.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_compile_options(ch_search PRIVATE -march=x86-64-v2)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set_source_files_properties(common/search/set.c PROPERTIES COMPILE_OPTIONS -O3) # loops for vectors
endif()
