ch_embed(ch_search search_data ${CMAKE_SOURCE_DIR}/data/synonyms.tsv ${CMAKE_SOURCE_DIR}/data/uk-places.tsv)
