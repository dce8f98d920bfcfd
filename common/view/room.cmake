file(GLOB view_template_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/common/view/templates/*.mustache)
ch_embed(ch_view view_templates ${view_template_files})
