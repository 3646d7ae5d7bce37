#!/bin/sh
# Newton's way to the square root of two: `colophon run --synthetic-seed 1 -- sh root.sh`.
x=100
for step in 0 1 2 3 4 5 6 7 8 9 10 11; do
  gap=$(awk "BEGIN { gap = $x * $x - 2; printf \"%.6f\", gap < 0 ? -gap : gap }")
  echo "{\"step\":$step,\"metrics\":{\"gap\":$gap}}" >> "${COLOPHON_METRICS:-/dev/null}"
  x=$(awk "BEGIN { printf \"%.17g\", ($x + 2 / $x) / 2 }")
done
