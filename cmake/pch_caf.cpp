#include "cmake/pch_caf.hpp"
