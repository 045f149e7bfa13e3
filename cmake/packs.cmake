# The packs of folder packs/ become part of the server: each file as a text in one generated source.

file(GLOB_RECURSE steward_pack_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/packs/*.yaml)
list(SORT steward_pack_files)
set(steward_packs_source "#include \"actors/agents/pack_files.hpp\"\n\nnamespace steward {\n\nconst std::vector<pack_file>& pack_files() {\n  static const std::vector<pack_file> all{\n")
foreach(file ${steward_pack_files})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} text)
  file(RELATIVE_PATH name ${CMAKE_SOURCE_DIR}/packs ${file})
  string(APPEND steward_packs_source "      {\"${name}\", R\"PACK(${text})PACK\"},\n")
endforeach()
string(APPEND steward_packs_source "  };\n  return all;\n}\n\n} // namespace steward\n")
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/pack_files.cpp CONTENT "${steward_packs_source}" @ONLY)
