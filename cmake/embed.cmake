# ch_embed(TARGET SYMBOL files...): compiles the files into TARGET as `const ch_embedded SYMBOL[]`, ended by a NULL name
# (name = file name without its directory and extension), so that a binary needs nothing beside it at run time.
function(ch_embed target symbol)
  set(out ${CMAKE_BINARY_DIR}/generated/${target}_${symbol}.c)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DSYMBOL=${symbol} "-DFILES=${ARGN}" -P ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    DEPENDS ${ARGN} ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()

# ch_service(name): services/<name>/*.c with its templates as the binary commonhire-<name>; its rules (everything but main.c)
# also as a library, for unit tests.
function(ch_service name)
  set(dir ${CMAKE_SOURCE_DIR}/services/${name})
  file(GLOB sources CONFIGURE_DEPENDS ${dir}/*.c)
  list(REMOVE_ITEM sources ${dir}/main.c)
  file(GLOB templates CONFIGURE_DEPENDS ${dir}/templates/*.mustache)
  add_library(service_${name} STATIC ${sources})
  ch_embed(service_${name} ${name}_templates ${templates})
  target_link_libraries(service_${name} PUBLIC ch_http ${ARGN})
  add_executable(commonhire-${name} ${dir}/main.c)
  target_link_libraries(commonhire-${name} service_${name})
endfunction()
