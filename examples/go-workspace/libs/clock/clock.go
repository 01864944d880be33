// Package clock tells the time of the shop.
package clock

import "time"

// Opening is when the shop opens.
func Opening() time.Time { return time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC) }
