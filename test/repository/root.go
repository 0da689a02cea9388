// Package repository finds the repository's folder, and tests what the
// documentation says about it.
package repository

import (
	"fmt"
	"os"
	"path/filepath"
)

// Root is the repository's folder, that of the file PROJECT, found upwards from
// the working directory. (The path of a source file would not do: -trimpath cuts
// it.)
func Root() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for folder := start; ; folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "PROJECT")); err == nil {
			return folder, nil
		}
		if folder == filepath.Dir(folder) {
			return "", fmt.Errorf("the repository's root, the folder of the file PROJECT, is not above %s", start)
		}
	}
}
