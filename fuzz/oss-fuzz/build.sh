#!/bin/bash -eu
# Builds the fuzz targets as OSS-Fuzz and ClusterFuzzLite want it: compiler, flags, engine and folders come from the environment
# ($CXX, $CXXFLAGS, $LIB_FUZZING_ENGINE, $SRC, $WORK, $OUT); $OUT gets the binaries, and for each its seeds, dictionary and options.
source=${MAILSPEC_SOURCE:-$SRC/mailspec}
rows() { grep -v '^#' "$source/fuzz/targets.txt"; }

cmake -S "$source" -B "$WORK/mailspec" -G Ninja -DCMAKE_BUILD_TYPE=None \
  -DCMAKE_C_COMPILER="$CC" -DCMAKE_CXX_COMPILER="$CXX" -DCMAKE_ASM_COMPILER="$CC" ${CMAKE_LAUNCHER:+-DCMAKE_CXX_COMPILER_LAUNCHER=$CMAKE_LAUNCHER} \
  -DCMAKE_C_FLAGS="$CFLAGS" -DCMAKE_CXX_FLAGS="$CXXFLAGS" -DMAILSPEC_FUZZ=ON -DMAILSPEC_TESTS=OFF -DMAILSPEC_STATIC=ON
cmake --build "$WORK/mailspec" --target fuzz_targets

rows | while read -r target dictionary _; do
  cp "$WORK/mailspec/fuzz/${target}_fuzz" "$OUT/"
  rm -f "$OUT/${target}_fuzz_seed_corpus.zip"
  seeds=("$source/corpus/$target")
  [ ! -d "$source/corpus/regressions/$target" ] || seeds+=("$source/corpus/regressions/$target")
  zip -q -r -j "$OUT/${target}_fuzz_seed_corpus.zip" "${seeds[@]}" -x '*/.gitkeep'
  printf '[libfuzzer]\nmax_len = 4096\ntimeout = 25\nrss_limit_mb = 2048\n' > "$OUT/${target}_fuzz.options"
  if [ "$dictionary" != - ]; then
    cp "$source/fuzz/$dictionary.dict" "$OUT/${target}_fuzz.dict"
    printf 'dict = %s_fuzz.dict\n' "$target" >> "$OUT/${target}_fuzz.options"
  fi
done
