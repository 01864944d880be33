// Package clock tells the time of the shop.
package clock

// Opening is when the shop opens.
const Opening = "09:00"
