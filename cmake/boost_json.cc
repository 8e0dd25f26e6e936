// Boost.JSON from its headers, for MAILSPEC_STATIC.
#include <boost/json/src.hpp>
