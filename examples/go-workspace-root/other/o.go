// Package other is a member of the workspace that the program does not import.
package other
