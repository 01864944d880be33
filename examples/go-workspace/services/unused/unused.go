// Package unused is a member of the workspace that the api does not import.
package unused
