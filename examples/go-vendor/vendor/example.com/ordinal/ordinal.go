// Package ordinal stands for a module from elsewhere that was vendored.
package ordinal

import "strconv"

// Of names a place in a row.
func Of(n int) string {
	switch n {
	case 1:
		return "first"
	case 2:
		return "second"
	}
	return strconv.Itoa(n) + "th"
}
