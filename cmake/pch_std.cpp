#include "cmake/pch_std.hpp"
