#!/usr/bin/env bash
# The properties on inputs that no run before has seen (ROUNDS, 5); the seed of a round that fails is printed.
. "$(dirname "$0")/common.sh"

command -v cargo >/dev/null || skip "no cargo"
rounds=${ROUNDS:-5}
for ((round = 1; round <= rounds; round++)); do
    seed=$((RANDOM * 32768 + RANDOM))
    echo "== round $round of $rounds, PROPTEST_RNG_SEED=$seed"
    PROPTEST_RNG_SEED=$seed cargo test --release --locked --quiet --lib
    PROPTEST_RNG_SEED=$seed cargo test --release --locked --quiet --test it -- fuzz:: swarm:: meaning:: readers::
done
echo "$rounds rounds, nothing found"
