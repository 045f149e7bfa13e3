// The main function of every test program; suites register themselves.
#include "caf/test/unit_test.hpp"
#include "caf/test/unit_test_impl.hpp"
