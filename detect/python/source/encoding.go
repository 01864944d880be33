package source

import "unicode/utf8"

// InvalidLine is the line of the first byte that is no UTF-8, or 0.
func InvalidLine(data []byte) int {
	if utf8.Valid(data) {
		return 0
	}
	n := 1
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r == utf8.RuneError && size == 1 {
			break
		}
		if r == '\n' {
			n++
		}
		data = data[size:]
	}
	return n
}
