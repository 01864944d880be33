// Command checksum prints a checksum that zlib has computed.
package main

/*
#cgo LDFLAGS: -lz
#include <zlib.h>
*/
import "C"

import (
	"fmt"
	"unsafe"
)

func main() { fmt.Printf("%08x\n", crc([]byte("123456789"))) }

func crc(data []byte) uint32 {
	return uint32(C.crc32(0, (*C.Bytef)(unsafe.Pointer(&data[0])), C.uInt(len(data))))
}
