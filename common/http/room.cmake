# The catalogues of other languages (docs/translating.md), compiled to what common/base/catalogue.c reads. msgfmt leaves fuzzy entries out.
find_program(MSGFMT msgfmt REQUIRED)
file(GLOB catalogue_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/data/languages/*.po)
foreach(source ${catalogue_sources})
  get_filename_component(language ${source} NAME_WE)
  set(catalogue ${CMAKE_BINARY_DIR}/generated/languages/${language}.mo)
  add_custom_command(OUTPUT ${catalogue}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/generated/languages
    COMMAND ${MSGFMT} --check --output-file ${catalogue} ${source}
    DEPENDS ${source} VERBATIM)
  list(APPEND catalogues ${catalogue})
endforeach()
ch_embed(ch_http catalogues ${catalogues})
