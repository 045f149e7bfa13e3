# How Steward's own targets are built: warnings, sanitizers, precompiled headers, the linker.

add_library(steward_flags INTERFACE)
target_compile_options(steward_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wimplicit-fallthrough -Wswitch -Werror -fno-omit-frame-pointer)
# g++ 12 reports uninitialised and out-of-bounds reads inside the standard library that are not there
# (GCC bugs 105562, 105651, 107852); the sanitizers look for the real ones.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(steward_flags INTERFACE -Wno-maybe-uninitialized -Wno-restrict
    -Wno-stringop-overflow -Wno-array-bounds -Wno-dangling-pointer -Wno-stringop-overread)
endif()
if(STEWARD_SANITIZE)
  # CAF's headers bind references to null where functors take no arguments: its matter, not ours. A null
  # that is used is still found: it crashes.
  target_compile_options(steward_flags INTERFACE -fsanitize=${STEWARD_SANITIZE}
                         -fno-sanitize=null -fno-sanitize-recover=all)
  target_link_options(steward_flags INTERFACE -fsanitize=${STEWARD_SANITIZE})
endif()
find_program(STEWARD_MOLD mold)
if(STEWARD_MOLD)
  target_link_options(steward_flags INTERFACE -fuse-ld=mold)
endif()
# Sources include each other from the repository's root; generated files from the build folder.
target_include_directories(steward_flags INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)

# Two precompiled headers serve every target: the standard library, and CAF on top of it.
foreach(kind std caf)
  add_library(steward_pch_${kind} OBJECT ${CMAKE_SOURCE_DIR}/cmake/pch_${kind}.cpp)
  target_precompile_headers(steward_pch_${kind} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch_${kind}.hpp)
  target_link_libraries(steward_pch_${kind} PUBLIC steward_flags Threads::Threads)
endforeach()
target_link_libraries(steward_pch_caf PUBLIC caf::core)

function(steward_target target)
  target_link_libraries(${target} PRIVATE steward_flags)
endfunction()

# steward_library(folder PUBLIC deps... PRIVATE deps... PCH std|caf): a static library of all .cpp
# files in the folder and its subfolders.
function(steward_library folder)
  cmake_parse_arguments(arg "" "PCH" "PUBLIC;PRIVATE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  add_library(steward_${folder} STATIC ${sources})
  target_link_libraries(steward_${folder} PUBLIC ${arg_PUBLIC} Threads::Threads PRIVATE ${arg_PRIVATE})
  steward_target(steward_${folder})
  target_precompile_headers(steward_${folder} REUSE_FROM steward_pch_${arg_PCH})
endfunction()

# Builds every test program.
add_custom_target(unit_tests)

# steward_tests(folder deps...): one test program of tests/<folder>, one ctest entry for each suite
# in it. A suite is a file with `#define CAF_SUITE name`.
function(steward_tests folder)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
  set(target ${folder}_tests)
  add_executable(${target} ${CMAKE_SOURCE_DIR}/tests/support/main.cpp ${sources})
  add_dependencies(unit_tests ${target})
  target_link_libraries(${target} PRIVATE ${ARGN} caf::core)
  target_compile_options(${target} PRIVATE -Wno-sign-compare)
  target_compile_definitions(${target} PRIVATE
    STEWARD_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data" STEWARD_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    STEWARD_BINARY="$<TARGET_FILE:steward>")
  steward_target(${target})
  target_precompile_headers(${target} REUSE_FROM steward_pch_caf)
  foreach(source ${sources})
    file(STRINGS ${source} line REGEX "^#define CAF_SUITE ")
    if(line)
      string(REGEX REPLACE "^#define CAF_SUITE +" "" suite "${line}")
      # Sanitizers make stack frames several times larger; values may nest 10,000 levels deep.
      add_test(NAME ${folder}.${suite}
               COMMAND sh -c "ulimit -s 262144 2>/dev/null; exec $<TARGET_FILE:${target}> -n -r 600 -s '^${suite}$'")
      set_tests_properties(${folder}.${suite} PROPERTIES TIMEOUT 900
        ENVIRONMENT "UBSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/cmake/ubsan.supp")
    endif()
  endforeach()
endfunction()
