package main

import "testing"

// The check value of CRC-32 that its specifications give.
func TestCRC(t *testing.T) {
	if got := crc([]byte("123456789")); got != 0xcbf43926 {
		t.Errorf("crc = %08x", got)
	}
}
