ch_embed(ch_auth auth_data ${CMAKE_SOURCE_DIR}/data/common-passwords.txt)
