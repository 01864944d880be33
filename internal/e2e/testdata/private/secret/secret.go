// Package secret is what only those with credentials may read.
package secret

// Word is said by the example.
const Word = "swordfish"
