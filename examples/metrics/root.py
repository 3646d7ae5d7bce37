"""Newton's way to the square root of two: `colophon run --synthetic-seed 1 -- python3 root.py`."""

import colophon

colophon.params(start=100)
x = 100
for step in range(12):
    colophon.log(gap=round(abs(x * x - 2), 6), step=step)
    x = (x + 2 / x) / 2
