# Every third-party library, as an imported target. All come as distribution packages (./dev deps).
include(CheckCXXSourceCompiles)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(date REQUIRED) # time zones; built to read those of the system

function(steward_import name library header)
  find_library(STEWARD_LIB_${library} ${library} REQUIRED)
  find_path(STEWARD_INC_${library} ${header} REQUIRED)
  add_library(${name} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(${name} PROPERTIES IMPORTED_LOCATION ${STEWARD_LIB_${library}}
                        INTERFACE_INCLUDE_DIRECTORIES ${STEWARD_INC_${library}})
  target_link_libraries(${name} INTERFACE Threads::Threads ${ARGN})
endfunction()

# Debian ships no CMake config for these.
steward_import(caf::core caf_core caf/all.hpp)
steward_import(re2::re2 re2 re2/re2.h)
steward_import(yaml::yaml yaml yaml.h)
steward_import(sqlite::sqlite sqlite3 sqlite3.h)
steward_import(pqxx::pqxx pqxx pqxx/pqxx)
steward_import(prometheus::core prometheus-cpp-core prometheus/registry.h)

# Beast and Asio are header-only; nothing of Boost is linked.
add_library(boost::headers INTERFACE IMPORTED GLOBAL)
target_include_directories(boost::headers SYSTEM INTERFACE ${Boost_INCLUDE_DIRS})
target_compile_definitions(boost::headers INTERFACE BOOST_ASIO_NO_DEPRECATED
                           BOOST_BEAST_USE_STD_STRING_VIEW BOOST_ERROR_CODE_HEADER_ONLY)
