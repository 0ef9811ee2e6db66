"""A small plot as SVG: one line with its points, both axes from zero."""

import math

WIDTH, HEIGHT, LEFT, BOTTOM, EDGE = 480, 280, 64, 48, 16


def plot(across: str, up: str, points: list[tuple[float, float]]) -> str:
    """SVG of some points, x ascending. across, up: what the axes measure. It reads on a light and a dark page."""
    most_x, most_y = _round_up(max(x for x, _ in points)), _round_up(max(y for _, y in points))

    def place(x: float, y: float) -> tuple[float, float]:
        return LEFT + x / most_x * (WIDTH - LEFT - EDGE), HEIGHT - BOTTOM - y / most_y * (HEIGHT - BOTTOM - EDGE)

    parts = []
    for step in range(5):
        x, y = most_x * step / 4, most_y * step / 4
        (at, base), (left, level) = place(x, 0), place(0, y)
        parts.append(f'<path d="M{left:.1f} {level:.1f}H{WIDTH - EDGE}" stroke="#8888" stroke-width="0.5"/>')
        parts.append(f'<text x="{at:.1f}" y="{base + 18:.1f}" text-anchor="middle">{_number(x)}</text>')
        parts.append(f'<text x="{left - 6:.1f}" y="{level + 4:.1f}" text-anchor="end">{_number(y)}</text>')
    where = [place(x, y) for x, y in points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in where)
    parts.append(f'<polyline points="{line}" fill="none" stroke="#27c" stroke-width="2"/>')
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#27c"/>' for x, y in where]
    parts.append(f'<text x="{(LEFT + WIDTH - EDGE) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{across}</text>')
    middle = (HEIGHT - BOTTOM + EDGE) / 2
    parts.append(f'<text x="14" y="{middle}" text-anchor="middle" transform="rotate(-90 14 {middle})">{up}</text>')
    body = "\n".join(parts)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return f'{head} font-family="sans-serif" font-size="12" fill="#888" role="img">\n<title>{up} against {across}</title>\n{body}\n</svg>\n'


def _round_up(value: float) -> float:
    """The next number that is 1, 2, 4 or 8 times a power of ten: quarters of it are short."""
    power = 10.0 ** math.floor(math.log10(value)) if value > 0 else 1.0
    return next(power * step for step in (1, 2, 4, 8, 10) if power * step >= value)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:g}"
