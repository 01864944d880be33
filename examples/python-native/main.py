"""Draws with a library that is compiled in the build."""

import cairo


def main() -> None:
    surface = cairo.ImageSurface(cairo.FORMAT_ARGB32, 8, 8)
    cairo.Context(surface).paint()
    print("drew", surface.get_width(), "by", surface.get_height(), "with cairo", cairo.cairo_version_string())


if __name__ == "__main__":
    main()
