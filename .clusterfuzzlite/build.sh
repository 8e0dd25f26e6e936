#!/bin/bash -eu
# The same as for OSS-Fuzz.
exec "$SRC/mailspec/fuzz/oss-fuzz/build.sh"
